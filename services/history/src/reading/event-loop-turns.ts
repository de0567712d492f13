/**
 * Lets one of those who wait go on in each turn of the event loop: however many there are, input and output get their share in
 * between. (All that `setImmediate` is given before a turn runs in that one turn.)
 */
export class EventLoopTurns {
  // Bounded by who uses it: each query waits for one turn at a time.
  readonly #waiting: (() => void)[] = [];
  #isArmed = false;

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#isArmed || this.#waiting.length === 0) return;
    this.#isArmed = true;
    setImmediate(() => {
      this.#isArmed = false;
      this.#waiting.shift()?.();
      this.#arm();
    });
  }
}
