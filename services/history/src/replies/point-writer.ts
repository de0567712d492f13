import type { Aggregate, MetricPath } from '@perfwatch/contract';
import { closing, opening } from './metric-layout.ts';
import { numberText } from './number-text.ts';
import type { PageText } from './page-text.ts';
import type { SeriesWindow } from './series-window.ts';

/** Within a point that did not fit: what was written of it last. Null path: nothing of that aggregate yet. */
export interface PointProgress {
  aggregate: number;
  last: MetricPath | null;
}

interface PointToWrite {
  window: SeriesWindow;
  point: number;
  /** Null: from its beginning. */
  progress: PointProgress | null;
}

/**
 * Writes `data` of points: the metrics themselves, or an object of them per aggregate where there are several. A point of a machine
 * with thousands of CPUs is larger than a page: it can be left anywhere and gone on with, even with other data.
 */
export class PointWriter {
  readonly #page: PageText;
  readonly #aggregates: readonly Aggregate[];
  #numbers = 0;

  constructor(page: PageText, aggregates: readonly Aggregate[]) {
    this.#page = page;
    this.#aggregates = aggregates;
  }

  /** How many leaves have been written. */
  get numbers(): number {
    return this.#numbers;
  }

  /** Writes a point, or what is left of it; where it got to when the page is full before its end, else null. */
  write({ window, point, progress }: PointToWrite): PointProgress | null {
    const first = progress?.aggregate ?? 0;
    for (let at = first; at < this.#aggregates.length; at += 1) {
      const isBegun = at === first && progress !== null;
      if (!isBegun) {
        const begin = this.#begin(at);
        this.#page.add(begin, begin.length + 2);
      }
      const last = this.#writeMetrics(at, { window, point, last: isBegun ? progress.last : null });
      if (last !== 'done') return { aggregate: at, last };
    }
    this.#page.add(this.#aggregates.length > 1 ? '}' : '', this.#aggregates.length > 1 ? 1 : 0);
    return null;
  }

  /** What ends a point where it was left. */
  closingOf({ last }: PointProgress): string {
    return `${closing(last)}}${this.#aggregates.length > 1 ? '}' : ''}`;
  }

  #begin(at: number): string {
    if (this.#aggregates.length === 1) return '{';
    return `${at === 0 ? '{' : ','}"${this.#aggregates[at] ?? ''}":{`;
  }

  #writeMetrics(
    at: number,
    { window, point, last }: { window: SeriesWindow; point: number; last: MetricPath | null },
  ): MetricPath | 'done' {
    const aggregate = this.#aggregates[at] ?? 'avg';
    const { paths, indices, openings, openingBytes } = window.layout;
    const from = last === null ? 0 : window.layout.positionAfter(last);
    const roomBytes = this.#page.roomBytes;
    let written = last;
    let writtenAt = -2;
    let text = '';
    let bytes = 0;
    for (let position = from; position < paths.length; position += 1) {
      const leaf = window.writtenOf(aggregate, point, indices[position] ?? 0);
      const path = paths[position];
      if (leaf === undefined || path === undefined) continue;
      if (bytes >= roomBytes && written !== null) {
        this.#page.add(text, bytes);
        return written;
      }
      const isNext = writtenAt === position - 1 || (position === 0 && written === null);
      const before = isNext ? (openings[position] ?? '') : opening(written, path);
      const number = leaf === null ? 'null' : numberText(leaf);
      text += before + number;
      bytes += (isNext ? (openingBytes[position] ?? 0) : 3 * before.length) + number.length;
      written = path;
      writtenAt = position;
      this.#numbers += 1;
    }
    const end = `${closing(written)}}`;
    this.#page.add(text + end, bytes + end.length);
    return 'done';
  }
}
