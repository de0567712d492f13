/** When to look whether the gap is closed, counted from the look before: history may be starting, or still storing what the bus has kept. */
const LOOK_AFTER_MS: readonly number[] = [1500, 3000, 6000, 12_000, 24_000, 48_000, 60_000, 60_000];

/** Looks again and again, with growing waits, until there is nothing left to do; gives up after some four minutes. */
export class GapWatch {
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Calls `look` until it returns true. A watch that is under way ends. */
  start(look: () => boolean): void {
    this.stop();
    this.#wait(look, 0);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(look: () => boolean, done: number): void {
    const waitMs = LOOK_AFTER_MS[done];
    if (waitMs === undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (!look()) this.#wait(look, done + 1);
    }, waitMs);
  }
}
