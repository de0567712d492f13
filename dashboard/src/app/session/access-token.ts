import { signal } from '@angular/core';
import type { LoginReply } from '@perfwatch/contract';

/** Renewed so long before its end, or half of its life where that is shorter: timers of hidden tabs run once a minute. */
const AHEAD_MS = 90_000;
/** A token so close to its end may be over when the request arrives. */
const TOO_SHORT_MS = 5000;
const TRY_AGAIN_AFTER_MS = 10_000;
/** The longest that a browser's timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

type Issued = Pick<LoginReply, 'access_token' | 'expires_in'>;

export interface AccessTokenOptions {
  /** Asks the server for the next token. */
  request: () => Promise<Issued>;
  /** Runs `work` while no other tab runs any. */
  alone: (work: () => Promise<Issued>) => Promise<Issued>;
  /** Whether the server has answered that there is nothing to renew. */
  isRefusal: (error: unknown) => boolean;
  /** Called when it has. The token is gone by then. */
  onRefused: () => void;
  /** The wall clock. Only differences count, so that it may be wrong. */
  nowMs?: () => number;
}

/** The access token, in memory alone. Renewed ahead of its end, and once for all who ask at the same time. */
export class AccessToken {
  readonly #options: Required<AccessTokenOptions>;
  readonly #value = signal<string | null>(null);
  readonly value = this.#value.asReadonly();
  #endsAtMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewal: Promise<string | null> | null = null;
  /** Rises with every log-in and log-out: what was asked for before comes too late. */
  #era = 0;

  constructor(options: AccessTokenOptions) {
    this.#options = { nowMs: () => Date.now(), ...options };
  }

  /** Goes on with the token of a new log-in. */
  begin(issued: Issued): void {
    this.drop();
    this.#adopt(issued);
  }

  drop(): void {
    this.#era++;
    this.#renewal = null;
    clearTimeout(this.#timer);
    this.#value.set(null);
  }

  /** Whether the token will do for a request that is sent now. */
  get isUsable(): boolean {
    return this.#value() !== null && this.#endsAtMs - this.#options.nowMs() > TOO_SHORT_MS;
  }

  /** The next token; null when the server refuses, or after a log-out meanwhile. Rejects when nobody answers: the token stays, and it is tried again. */
  renew(): Promise<string | null> {
    if (this.#renewal !== null) return this.#renewal;
    const renewal = this.#renew().finally(() => {
      if (this.#renewal === renewal) this.#renewal = null;
    });
    this.#renewal = renewal;
    return renewal;
  }

  async #renew(): Promise<string | null> {
    const era = this.#era;
    const { alone, request, isRefusal, onRefused } = this.#options;
    clearTimeout(this.#timer);
    try {
      const issued = await alone(request);
      if (era !== this.#era) return await this.#ofThisEra();
      this.#adopt(issued);
      return issued.access_token;
    } catch (error) {
      if (era !== this.#era) return this.#ofThisEra();
      if (!isRefusal(error)) {
        if (this.#value() !== null) this.#renewIn(TRY_AGAIN_AFTER_MS);
        throw error;
      }
      this.drop();
      onRefused();
      return null;
    }
  }

  /** What was asked for in another era has become of this one: nothing, or its own token. */
  async #ofThisEra(): Promise<string | null> {
    return this.#renewal ?? this.#value();
  }

  #adopt({ access_token: token, expires_in: seconds }: Issued): void {
    const lifetimeMs = seconds * 1000;
    this.#endsAtMs = this.#options.nowMs() + lifetimeMs;
    this.#value.set(token);
    this.#renewIn(lifetimeMs - Math.min(AHEAD_MS, lifetimeMs / 2));
  }

  #renewIn(delayMs: number): void {
    clearTimeout(this.#timer);
    // A renewal that nobody answers has set the next try already.
    this.#timer = setTimeout(() => void this.renew().catch(() => undefined), Math.min(delayMs, MAX_TIMER_MS));
  }
}
