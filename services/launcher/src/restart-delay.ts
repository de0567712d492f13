const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 30_000;
/** What ran this long was well: its next end is a first one again. */
const STABLE_MS = 60_000;

/** How long to wait before something is started again: not at all the first time, then twice as long each time it does not last. */
export class RestartDelay {
  #nextMs = 0;

  /** The delay after it ran for `ranMs`. */
  after(ranMs: number): number {
    if (ranMs >= STABLE_MS) this.#nextMs = 0;
    const delayMs = this.#nextMs;
    this.#nextMs = Math.min(Math.max(2 * delayMs, FIRST_DELAY_MS), MAX_DELAY_MS);
    return delayMs;
  }
}
