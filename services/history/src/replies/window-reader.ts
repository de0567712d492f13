import type { BlockCache } from '../reading/block-cache.ts';
import type { SeriesRange, SeriesReader } from '../reading/series-reader.ts';
import type { HistorySelection } from './history-selection.ts';
import { BucketWindow, RawWindow, SeriesWindow } from './series-window.ts';

/** So many values are read together: some three pages of them. What is not remembered has to be read again for the next page. */
const CELLS_AT_ONCE = 48 * 1024;

export interface WindowRequest {
  series: SeriesRange;
  /** Null: Samples as they are. */
  stepMs: number | null;
  /** Most points that are of use. */
  limit: number;
}

/** Reads points of a reply, and remembers what it read for the pages that follow: they need not come here, but mostly do. */
export class WindowReader {
  readonly #reader: SeriesReader;
  readonly #cache: BlockCache;
  readonly #selection: HistorySelection;
  readonly #replyId: string;

  /** `replyId`: the same for all pages of one reply, and for no other's. */
  constructor(parts: { reader: SeriesReader; cache: BlockCache; selection: HistorySelection; replyId: string }) {
    this.#reader = parts.reader;
    this.#cache = parts.cache;
    this.#selection = parts.selection;
    this.#replyId = parts.replyId;
  }

  /** What was last read of a series on behalf of this reply, if it has what begins where this range does. */
  remembered({ host, startMs }: SeriesRange): SeriesWindow | null {
    const window = this.#cache.get(this.#keyOf(host), SeriesWindow);
    return window !== null && window.startMs <= startMs && startMs < window.readToMs ? window : null;
  }

  /** The first points of a series, as many as it is of use to read together. */
  async read({ series, stepMs, limit }: WindowRequest): Promise<SeriesWindow> {
    const { patterns, aggregates } = this.#selection;
    const startMs = series.startMs;
    const window =
      stepMs === null
        ? new RawWindow(startMs, await this.#reader.raw(series, { patterns, limit, maxCells: CELLS_AT_ONCE }))
        : new BucketWindow(
            startMs,
            await this.#reader.buckets(series, {
              ...{ stepMs, patterns, maxBuckets: limit, maxCells: CELLS_AT_ONCE },
              withExtremes: aggregates.some((aggregate) => aggregate !== 'avg'),
            }),
          );
    this.#cache.set(this.#keyOf(series.host), window);
    return window;
  }

  /** To be called when the series is done. */
  forget(host: string): void {
    this.#cache.delete(this.#keyOf(host));
  }

  #keyOf(host: string): string {
    return `reply ${this.#replyId} ${host}`;
  }
}
