/** Where a Ticker takes its time from. */
export interface TickClock {
  /** Wall clock, milliseconds since 1970. May step. */
  wallMs(): number;
  /** Never steps; stands still while the machine is suspended. */
  monotonicMs(): number;
  /** Calls back once; returns what takes it back. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: TickClock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export interface Tick {
  /** The time this tick stands for, a multiple of the interval on the wall clock. */
  scheduledMs: number;
  /** How long after that it began. */
  lateMs: number;
}

export interface TickerOptions {
  intervalMs: number;
  clock: TickClock;
  /** The next tick waits until it resolves; it must not reject. */
  onTick: (tick: Tick) => void | Promise<void>;
}

/**
 * Ticks at multiples of the interval on the wall clock, one at a time. A tick whose time has passed when it could begin is not made
 * up for: the latest one due is taken and the others are counted, if both clocks agree that they were missed: a step of the wall clock or
 * a suspended machine is no lateness.
 */
export class Ticker {
  readonly #clock: TickClock;
  readonly #onTick: TickerOptions['onTick'];
  #intervalMs: number;
  #nextMs = 0;
  #lastScheduledMs = Number.NEGATIVE_INFINITY;
  /** When the last tick of this interval began, monotonic; null after a change of interval. */
  #lastBeganMs: number | null = null;
  #skipped = 0;
  #cancel: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor({ intervalMs, clock, onTick }: TickerOptions) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    this.#onTick = onTick;
    this.#plan();
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** Ticks that were due and not made. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Takes effect with the next tick. */
  setIntervalMs(intervalMs: number): void {
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    this.#lastBeganMs = null;
    if (this.#running === null && !this.#stopped) this.#plan();
  }

  /** Resolves when a running tick has ended. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#running;
  }

  #plan(): void {
    const nowMs = this.#clock.wallMs();
    const upcomingMs = (Math.floor(nowMs / this.#intervalMs) + 1) * this.#intervalMs;
    const sinceLastMs = this.#lastScheduledMs - upcomingMs;
    // A clock set back a little would give the same tick twice.
    const isRepeated = sinceLastMs >= 0 && sinceLastMs < this.#intervalMs;
    this.#nextMs = isRepeated ? this.#lastScheduledMs + this.#intervalMs : upcomingMs;
    this.#wait(this.#nextMs - nowMs);
  }

  #wait(delayMs: number): void {
    this.#cancel?.();
    this.#cancel = this.#clock.after(Math.ceil(delayMs), () => this.#due());
  }

  #due(): void {
    if (this.#stopped) return;
    const nowMs = this.#clock.wallMs();
    const lateMs = nowMs - this.#nextMs;
    if (lateMs < 0 && lateMs > -this.#intervalMs) {
      // A timer may fire a little early, and a clock may be set back a little.
      this.#wait(-lateMs);
      return;
    }
    const isOnTime = lateMs >= 0 && lateMs < this.#intervalMs;
    const scheduledMs = isOnTime ? this.#nextMs : Math.floor(nowMs / this.#intervalMs) * this.#intervalMs;
    this.#countSkipped(scheduledMs);
    this.#lastScheduledMs = scheduledMs;
    this.#run({ scheduledMs, lateMs: nowMs - scheduledMs });
  }

  #run(tick: Tick): void {
    const running = this.#onTick(tick);
    if (running === undefined) {
      this.#plan();
      return;
    }
    this.#running = running.then(() => {
      this.#running = null;
      if (!this.#stopped) this.#plan();
    });
  }

  #countSkipped(scheduledMs: number): void {
    const beganMs = this.#clock.monotonicMs();
    if (this.#lastBeganMs !== null) {
      const byMonotonicClock = Math.round((beganMs - this.#lastBeganMs) / this.#intervalMs);
      const byWallClock = Math.round((scheduledMs - this.#lastScheduledMs) / this.#intervalMs);
      this.#skipped += Math.max(0, Math.min(byMonotonicClock, byWallClock) - 1);
    }
    this.#lastBeganMs = beganMs;
  }
}
