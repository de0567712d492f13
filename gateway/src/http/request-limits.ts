import { createHash } from 'node:crypto';
import { PerfwatchError, type Identity } from '@perfwatch/contract';
import { networkOf } from '@perfwatch/service-kit';
import { RateLimit } from '../rate-limit.ts';

/** Requests within a minute, of this process alone. */
export interface RequestLimitFigures {
  /** Of one user to the API. A dashboard with every page open asks 200 times. */
  userPerMinute: number;
  /** Of one address to the API without a token that is valid: of everyone behind a proxy that is not trusted. */
  strangerPerMinute: number;
  /** Of one address for all that needs no token: the dashboard's files (30 for a page), its description, health. */
  filesPerMinute: number;
}

export const REQUEST_LIMITS: RequestLimitFigures = { userPerMinute: 3000, strangerPerMinute: 600, filesPerMinute: 6000 };

const MINUTE_MS = 60_000;
const MAX_ADDRESSES = 10_000;
const MAX_USERS = 10_000;
/** Tokens that were valid within the last `TOKEN_KNOWN_MS`, by their hash; the one first seen is forgotten first. */
const MAX_TOKENS = 10_000;
const TOKEN_KNOWN_MS = 10 * MINUTE_MS;

interface KnownToken {
  userId: string;
  untilMs: number;
}

export interface RouteLimit {
  /** As it is registered: there are as many as there are routes. */
  url: string;
  /** Of one address. */
  perMinute: number;
}

export interface TokenCheck {
  token: string;
  address: string;
  /** Throws PerfwatchError('unauthorized') for a token that is not valid. */
  verify: () => Promise<Identity>;
}

/**
 * How often whom is served. Who has shown a valid token counts as the user it belongs to, wherever they are, so that nobody uses up what others behind
 * the same proxy may ask. Everyone else counts by address (an IPv6 /64 as one).
 */
export class RequestLimits {
  readonly #users: RateLimit;
  readonly #strangers: RateLimit;
  readonly #files: RateLimit;
  /** Of routes with a limit of their own, by their address. */
  readonly #routes = new Map<string, RateLimit>();
  readonly #tokens = new Map<string, KnownToken>();

  constructor(figures: Partial<RequestLimitFigures> = {}) {
    const { userPerMinute, strangerPerMinute, filesPerMinute } = { ...REQUEST_LIMITS, ...figures };
    this.#users = new RateLimit({ max: userPerMinute, windowMs: MINUTE_MS, maxKeys: MAX_USERS });
    this.#strangers = new RateLimit({ max: strangerPerMinute, windowMs: MINUTE_MS, maxKeys: MAX_ADDRESSES });
    this.#files = new RateLimit({ max: filesPerMinute, windowMs: MINUTE_MS, maxKeys: MAX_ADDRESSES });
  }

  /** Counts a request for what needs no token. Throws PerfwatchError('too_many_requests'), as all of these do. */
  takeFile(address: string): void {
    refuseIf(this.#files.take(networkOf(address)), 'from this address');
  }

  /** Counts a request to the API that comes without a token. */
  takeStranger(address: string): void {
    refuseIf(this.#strangers.take(networkOf(address)), 'from this address');
  }

  /** Counts a request to a route that needs no token and has a limit of its own, apart from all others. */
  takeRoute(address: string, { url, perMinute }: RouteLimit): void {
    const limit = this.#routes.get(url) ?? new RateLimit({ max: perMinute, windowMs: MINUTE_MS, maxKeys: MAX_ADDRESSES });
    this.#routes.set(url, limit);
    refuseIf(limit.take(networkOf(address)), 'from this address');
  }

  /** Counts a request with a token, and refuses it before the token is looked at wherever that can be known. */
  async identify({ token, address, verify }: TokenCheck): Promise<Identity> {
    const hash = createHash('sha256').update(token).digest('base64');
    const known = this.#knownUser(hash);
    if (known === null) refuseIf(this.#strangers.wait(networkOf(address)), 'from this address');
    else refuseIf(this.#users.wait(known), 'of this user');
    try {
      const identity = await verify();
      this.#remember(hash, identity.userId);
      refuseIf(this.#users.take(identity.userId), 'of this user');
      return identity;
    } catch (error) {
      if (error instanceof PerfwatchError && error.code === 'unauthorized') {
        this.#tokens.delete(hash);
        this.#strangers.take(networkOf(address));
      }
      throw error;
    }
  }

  #knownUser(hash: string): string | null {
    const known = this.#tokens.get(hash);
    return known !== undefined && known.untilMs > performance.now() ? known.userId : null;
  }

  #remember(hash: string, userId: string): void {
    this.#tokens.delete(hash);
    this.#tokens.set(hash, { userId, untilMs: performance.now() + TOKEN_KNOWN_MS });
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > MAX_TOKENS && oldest !== undefined) this.#tokens.delete(oldest);
  }
}

function refuseIf(waitSeconds: number, whose: string): void {
  if (waitSeconds === 0) return;
  throw new PerfwatchError('too_many_requests', `Too many requests ${whose}`, {
    hint: `Try again in ${waitSeconds} s.`,
    retryAfterSeconds: waitSeconds,
  });
}
