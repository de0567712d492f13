import { PerfwatchError } from '@perfwatch/contract';

const MAX_DOUBLINGS = 20;

export interface FailureThrottleOptions {
  /** Failures in a row that cost nothing: people mistype. */
  freeFailures: number;
  /** The delay starts at one second, doubles with every failure and stops growing here: nobody is locked out for good. */
  maxDelayMs: number;
  /** A key without a failure for so long is forgotten. */
  forgetAfterMs: number;
  /** Bound on the keys remembered; the one whose last failure is longest ago goes first. */
  maxKeys: number;
  /** Milliseconds that never go back. Default: `performance.now`. */
  nowMs?: () => number;
}

interface Failures {
  count: number;
  lastMs: number;
  blockedUntilMs: number;
}

/** Makes whoever keeps failing wait longer and longer. Remembers in memory, per process. */
export class FailureThrottle {
  readonly #options: Required<FailureThrottleOptions>;
  /** In order of the last failure, oldest first. */
  readonly #failures = new Map<string, Failures>();
  #evictedKeys = 0;

  constructor(options: FailureThrottleOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
  }

  /** Keys remembered now, and how many were forgotten early because there were too many. */
  counters(): { keys: number; evictedKeys: number } {
    return { keys: this.#failures.size, evictedKeys: this.#evictedKeys };
  }

  /** Throws PerfwatchError('too_many_requests') while `key` has to wait. */
  check(key: string): void {
    const waitMs = (this.#failures.get(key)?.blockedUntilMs ?? 0) - this.#options.nowMs();
    if (waitMs <= 0) return;
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    throw new PerfwatchError('too_many_requests', `Too many failed tries; try again in ${retryAfterSeconds} s`, { retryAfterSeconds });
  }

  failed(key: string): void {
    const nowMs = this.#options.nowMs();
    this.#forgetBefore(nowMs - this.#options.forgetAfterMs);
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const doublings = Math.min(count - this.#options.freeFailures - 1, MAX_DOUBLINGS);
    const delayMs = doublings < 0 ? 0 : Math.min(1000 * 2 ** doublings, this.#options.maxDelayMs);
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastMs: nowMs, blockedUntilMs: nowMs + delayMs });
    this.#evictBeyondBound();
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  #forgetBefore(limitMs: number): void {
    for (const [key, { lastMs }] of this.#failures) {
      if (lastMs > limitMs) return;
      this.#failures.delete(key);
    }
  }

  #evictBeyondBound(): void {
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= this.#options.maxKeys) return;
      this.#failures.delete(key);
      this.#evictedKeys += 1;
    }
  }
}
