export interface RateLimitOptions {
  /** How often each key may do it within `windowMs`. */
  max: number;
  windowMs: number;
  /** Bound on the keys remembered; the one whose window began first is forgotten first. */
  maxKeys: number;
  /** Milliseconds that never go back. Default: `performance.now`. */
  nowMs?: () => number;
}

interface Window {
  startMs: number;
  count: number;
}

/** Counts how often something is done under a key. In memory: of this process alone. */
export class RateLimit {
  readonly #options: Required<RateLimitOptions>;
  /** In the order in which their windows began. */
  readonly #windows = new Map<string, Window>();

  constructor(options: RateLimitOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
  }

  /** Keys remembered now. */
  get keys(): number {
    return this.#windows.size;
  }

  /** Counts one more. Seconds to wait when that is too many, 0 when it is not. */
  take(key: string): number {
    const window = this.#windowOf(key) ?? this.#begin(key);
    window.count += 1;
    return window.count > this.#options.max ? this.#secondsLeft(window) : 0;
  }

  /** Seconds to wait before one more may be counted, 0 when it may be now. */
  wait(key: string): number {
    const window = this.#windowOf(key);
    return window !== null && window.count >= this.#options.max ? this.#secondsLeft(window) : 0;
  }

  #windowOf(key: string): Window | null {
    const window = this.#windows.get(key);
    return window !== undefined && this.#options.nowMs() - window.startMs < this.#options.windowMs ? window : null;
  }

  #begin(key: string): Window {
    const window = { startMs: this.#options.nowMs(), count: 0 };
    this.#windows.delete(key);
    this.#windows.set(key, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > this.#options.maxKeys && oldest !== undefined) this.#windows.delete(oldest);
    return window;
  }

  #secondsLeft({ startMs }: Window): number {
    return Math.max(1, Math.ceil((startMs + this.#options.windowMs - this.#options.nowMs()) / 1000));
  }
}
