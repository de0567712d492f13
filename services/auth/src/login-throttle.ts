import { isIPv6 } from 'node:net';
import { FailureThrottle } from './failure-throttle.ts';

export interface LoginAttempt {
  username: string;
  /** Where the request came from, as the gateway saw it. */
  address: string;
}

const MINUTE_MS = 60_000;
const MEMORY = { forgetAfterMs: 15 * MINUTE_MS, maxKeys: 10_000 };

/** The first four groups of an IPv6 address: one network hands out 2^64 addresses to whoever asks. */
function ipv6Network(address: string): string {
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  const groups = address.includes('::') ? [...left, ...zeros, ...right] : left;
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/** What one attacker cannot change at will: an IPv4 address, an IPv6 /64 network. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  return isIPv6(address) ? ipv6Network(address.replace(/%.*$/, '')) : address;
}

/**
 * Slows down guessing. Failures count for the user from one address (so that nobody can keep another person out from
 * elsewhere), whether or not there is such a user, and for the address over all users. A log-in that succeeds ends the first;
 * the second only fades, or an account of one's own would be a way round it.
 */
export class LoginThrottle {
  readonly #byUserAndAddress: FailureThrottle;
  readonly #byAddress: FailureThrottle;

  constructor({ nowMs = () => performance.now() }: { nowMs?: () => number } = {}) {
    this.#byUserAndAddress = new FailureThrottle({ ...MEMORY, freeFailures: 5, maxDelayMs: 5 * MINUTE_MS, nowMs });
    this.#byAddress = new FailureThrottle({ ...MEMORY, freeFailures: 30, maxDelayMs: MINUTE_MS, nowMs });
  }

  /** Throws PerfwatchError('too_many_requests') while this attempt has to wait. */
  check(attempt: LoginAttempt): void {
    this.#byUserAndAddress.check(userKey(attempt));
    this.#byAddress.check(networkOf(attempt.address));
  }

  failed(attempt: LoginAttempt): void {
    this.#byUserAndAddress.failed(userKey(attempt));
    this.#byAddress.failed(networkOf(attempt.address));
  }

  succeeded(attempt: LoginAttempt): void {
    this.#byUserAndAddress.succeeded(userKey(attempt));
  }
}

/** A space is in no address, so no name can be mistaken for another pair. */
const userKey = ({ username, address }: LoginAttempt): string => `${networkOf(address)} ${username.toLowerCase()}`;
