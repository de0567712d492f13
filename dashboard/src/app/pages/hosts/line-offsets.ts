/** Where lines of known heights begin, and which of them a stretch shows. */
export class LineOffsets {
  readonly #offsets: Float64Array;

  constructor(heights: readonly number[]) {
    this.#offsets = new Float64Array(heights.length + 1);
    heights.forEach((height, index) => (this.#offsets[index + 1] = this.at(index) + height));
  }

  get total(): number {
    return this.at(this.#offsets.length - 1);
  }

  /** The upper edge of a line. */
  at(index: number): number {
    return this.#offsets[index] ?? 0;
  }

  /** The lines that a stretch of pixels touches: from `start` to before `end`. */
  range(fromPx: number, toPx: number): { start: number; end: number } {
    const count = this.#offsets.length - 1;
    if (count === 0 || toPx <= 0) return { start: 0, end: 0 };
    if (fromPx >= this.total) return { start: count - 1, end: count };
    return { start: this.#lineAt(Math.max(0, fromPx)), end: Math.min(count, this.#lineAt(Math.min(toPx, this.total) - 1) + 1) };
  }

  #lineAt(px: number): number {
    let [low, high] = [0, this.#offsets.length - 2];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.at(middle) <= px) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
