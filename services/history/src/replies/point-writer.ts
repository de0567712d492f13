import type { Aggregate, MetricPath } from '@perfwatch/contract';
import { closing, opening } from './metric-layout.ts';
import { textPiece, type PageText } from './page-text.ts';
import type { SeriesWindow } from './series-window.ts';

const BEGIN = textPiece('{');
const END = textPiece('}');
const NULL = textPiece('null');
const END_OF_DIMENSION = textPiece('}}');

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
        this.#begin(at);
      }
      const last = this.#writeMetrics(at, { window, point, last: isBegun ? progress.last : null });
      if (last !== 'done') return { aggregate: at, last };
    }
    if (this.#aggregates.length > 1) this.#page.addPiece(END);
    return null;
  }

  /** What ends a point where it was left. */
  closingOf({ last }: PointProgress): string {
    return `${closing(last)}}${this.#aggregates.length > 1 ? '}' : ''}`;
  }

  #begin(at: number): void {
    if (this.#aggregates.length === 1) this.#page.addPiece(BEGIN);
    else this.#page.add(`${at === 0 ? '{' : ','}"${this.#aggregates[at] ?? ''}":{`);
  }

  #writeMetrics(
    at: number,
    { window, point, last }: { window: SeriesWindow; point: number; last: MetricPath | null },
  ): MetricPath | 'done' {
    const aggregate = this.#aggregates[at] ?? 'avg';
    const { paths, indices, openings } = window.layout;
    const page = this.#page;
    const from = last === null ? 0 : window.layout.positionAfter(last);
    let written = last;
    let writtenAt = -2;
    for (let position = from; position < paths.length; position += 1) {
      const leaf = window.writtenOf(aggregate, point, indices[position] ?? 0);
      const path = paths[position];
      if (leaf === undefined || path === undefined) continue;
      if (page.isFull && written !== null) return written;
      const piece = writtenAt === position - 1 || (position === 0 && written === null) ? openings[position] : undefined;
      if (piece === undefined) page.add(opening(written, path));
      else page.addPiece(piece);
      if (leaf === null) page.addPiece(NULL);
      else page.addNumber(leaf);
      written = path;
      writtenAt = position;
      this.#numbers += 1;
    }
    if (written?.dimension !== undefined) page.addPiece(END_OF_DIMENSION);
    page.addPiece(END);
    return 'done';
  }
}
