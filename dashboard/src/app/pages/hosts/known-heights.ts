import type { CdkVirtualScrollViewport, VirtualScrollStrategy } from '@angular/cdk/scrolling';
import { Injectable } from '@angular/core';
import { Subject } from 'rxjs';
import { LineOffsets } from './line-offsets.ts';

/** Rendered above and below what is seen, in pixels: what a turn of the wheel reaches. */
const MARGIN_PX = 400;

/**
 * Virtual scrolling over lines whose heights are known and differ: headings and hosts. Each line stands at its place by itself: were they
 * moved together, as is usual, all of them would be painted anew with every line that comes or goes.
 */
@Injectable()
export class KnownHeights implements VirtualScrollStrategy {
  readonly #indexes = new Subject<number>();
  readonly scrolledIndexChange = this.#indexes.asObservable();
  #viewport: CdkVirtualScrollViewport | null = null;
  #lines = new LineOffsets([]);

  setLines(lines: LineOffsets): void {
    this.#lines = lines;
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
    this.#indexes.next(start);
  }
}
