import type { CdkVirtualScrollViewport, VirtualScrollStrategy } from '@angular/cdk/scrolling';
import { Injectable } from '@angular/core';
import { Subject } from 'rxjs';

/** Rendered above and below what is seen, in pixels: what a turn of the wheel reaches. */
const MARGIN_PX = 400;

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
    if (count === 0 || toPx <= 0 || fromPx >= this.total)
      return { start: Math.max(0, fromPx <= 0 ? 0 : count - 1), end: fromPx <= 0 ? 0 : count };
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

/** Virtual scrolling over lines whose heights are known and differ: headings and hosts. */
@Injectable()
export class KnownHeights implements VirtualScrollStrategy {
  readonly #indexes = new Subject<number>();
  readonly scrolledIndexChange = this.#indexes.asObservable();
  #viewport: CdkVirtualScrollViewport | null = null;
  #lines = new LineOffsets([]);

  setHeights(heights: readonly number[]): void {
    this.#lines = new LineOffsets(heights);
    this.#resize();
  }

  attach(viewport: CdkVirtualScrollViewport): void {
    this.#viewport = viewport;
    this.#resize();
  }

  detach(): void {
    this.#viewport = null;
  }

  onContentScrolled(): void {
    this.#render();
  }

  onDataLengthChanged(): void {
    this.#resize();
  }

  onContentRendered(): void {
    // Heights are known: nothing is measured.
  }

  onRenderedOffsetChanged(): void {
    // Set here alone.
  }

  scrollToIndex(index: number, behavior: ScrollBehavior): void {
    this.#viewport?.scrollToOffset(this.#lines.at(index), behavior);
  }

  #resize(): void {
    this.#viewport?.setTotalContentSize(this.#lines.total);
    this.#render();
  }

  #render(): void {
    const viewport = this.#viewport;
    if (viewport === null) return;
    const offset = viewport.measureScrollOffset();
    const range = this.#lines.range(offset - MARGIN_PX, offset + viewport.getViewportSize() + MARGIN_PX);
    const end = Math.min(range.end, viewport.getDataLength());
    const start = Math.min(range.start, end);
    viewport.setRenderedRange({ start, end });
    viewport.setRenderedContentOffset(this.#lines.at(start));
    this.#indexes.next(start);
  }
}
