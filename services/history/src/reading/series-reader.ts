import { PerfwatchError, type MetricPath, type Resolution } from '@perfwatch/contract';
import type { Column, Queryable, RollUpStats } from '@perfwatch/store';
import type { MetricPattern } from '../metric-pattern.ts';
import type { BlockCache } from './block-cache.ts';
import { BucketSums } from './bucket-sums.ts';
import type { Deadline } from './deadline.ts';
import { HotRows } from './hot-rows.ts';
import { PathSelection } from './path-selection.ts';
import { RowColumns } from './row-columns.ts';
import { SegmentGone, SegmentRows } from './segment-rows.ts';
import { outlineOf, type SeriesOutline } from './series-outline.ts';
import { SeriesScan, type Part } from './series-scan.ts';
import { coarserOf } from './tier-plan.ts';
import { TimedReads } from './timed-reads.ts';
import { DAY_MS } from '../durations.ts';

/** One collector of one host in a stretch of time, in milliseconds since 1970. `endMs` is not part of it. */
export interface SeriesRange {
  host: string;
  collector: string;
  startMs: number;
  endMs: number;
}

/** What a request reads with. */
export interface ReadParts {
  connection: Queryable;
  cache: BlockCache;
  deadline: Deadline;
}

/** How much of the range a table has: everything before `readToMs`. */
interface Progress {
  readToMs: number;
}

/**
 * Buckets that hold Samples, even such without a number; arrays per path, one entry per bucket. A sum is `sums[i] * sumUnit`.
 * `mins` and `maxs` are empty where they were not asked for.
 */
export interface BucketTable {
  starts: Float64Array;
  paths: readonly MetricPath[];
  stats: readonly RollUpStats[];
  sumUnit: number;
  /** The coarsest tier that was read. */
  resolution: Resolution;
}

/** Samples; where only a roll-up is left, its means at the begin of each bucket. */
export interface RawTable {
  times: Float64Array;
  paths: readonly MetricPath[];
  columns: readonly Column[];
  /** The coarsest tier that was read. */
  resolution: Resolution;
}

export interface BucketOptions {
  stepMs: number;
  /** Null: all. */
  patterns: readonly MetricPattern[] | null;
  /** Whether minima and maxima are wanted. Default: true. */
  withExtremes?: boolean;
  /** Reading ends, at a whole bucket, when there are as many. Default: no bound but that of memory. */
  maxBuckets?: number;
  /** Reading ends, at a whole bucket, when there are about as many values. Default: an error where memory would not do. */
  maxCells?: number;
}

export interface RawOptions {
  patterns: readonly MetricPattern[] | null;
  limit: number;
  /** Reading ends when there are about as many values, but not before the first Sample. Default: what fits into memory. */
  maxCells?: number;
}

/** Most values that one table may have: 128 MiB with all four figures of each. */
const MOST_CELLS = 4 * 1024 * 1024;
/** Retention rewrites a segment once a minute at most. */
const ATTEMPTS = 3;

/** Reads what is stored of a series, wherever it is: hot rows, sealed segments, roll-ups. For one request. */
export class SeriesReader {
  readonly #reads: TimedReads;
  readonly #hotRows: HotRows;
  readonly #segmentRows: SegmentRows;

  constructor({ connection, cache, deadline }: ReadParts) {
    this.#reads = new TimedReads(connection, deadline);
    this.#hotRows = new HotRows(this.#reads, cache);
    this.#segmentRows = new SegmentRows(this.#reads, cache);
  }

  /**
   * What a naive computation over all distinct Samples of the range gives, for buckets aligned to 1970; where raw Samples are gone,
   * as near as the roll-ups come (see `planHour`). Throws PerfwatchError: 'bad_input' where it does not fit into memory, 'unavailable'
   * where it takes too long.
   */
  buckets(range: SeriesRange, options: BucketOptions): Promise<BucketTable & Progress> {
    return this.#planned(async () => {
      const { stepMs, patterns, withExtremes = true, maxBuckets = Infinity, maxCells = Infinity } = options;
      const sums = new BucketSums({ stepMs, withExtremes, selection: new PathSelection(patterns), deadline: this.#reads.deadline });
      const fits = (cells: number) => sums.count * Math.max(1, sums.pathCount) <= cells;
      let resolution: Resolution = 'raw';
      for await (const part of this.#scan(range, stepMs)) {
        resolution = coarserOf(resolution, part.tier);
        for (const piece of sums.inPieces(part, Math.min(maxCells, MOST_CELLS))) {
          await sums.add(piece);
          // The last bucket may go on in the next part.
          if (sums.count > maxBuckets || (sums.count > 1 && !fits(maxCells))) {
            const count = Math.min(sums.count - 1, maxBuckets);
            return { ...sums.take(count), sumUnit: sums.sumUnit, resolution, readToMs: sums.startOf(count) };
          }
          if (!fits(MOST_CELLS)) throw new TooManyValues(sums.pathCount);
        }
      }
      return { ...sums.take(sums.count), sumUnit: sums.sumUnit, resolution, readToMs: range.endMs };
    });
  }

  /** The oldest Samples of the range, as columns. Throws as `buckets` does. */
  raw(range: SeriesRange, { patterns, limit, maxCells = MOST_CELLS }: RawOptions): Promise<RawTable & Progress> {
    return this.#planned(async () => {
      const rows = new RowColumns({ selection: new PathSelection(patterns), deadline: this.#reads.deadline });
      let resolution: Resolution = 'raw';
      for await (const part of this.#scan(range, null)) {
        resolution = coarserOf(resolution, part.tier);
        const room = Math.min(limit, rows.roomFor(part, maxCells)) - rows.count;
        const isWhole = room > 0 && (await rows.add(part, room));
        if (isWhole && rows.count < limit) continue;
        const taken = rows.take(limit);
        return { ...taken, resolution, readToMs: (taken.times.at(-1) ?? range.startMs) + 1 };
      }
      return { ...rows.take(limit), resolution, readToMs: range.endMs };
    });
  }

  /** Paths that there are in the range, and those of the same days beside. */
  paths(range: SeriesRange, patterns: readonly MetricPattern[] | null): Promise<readonly MetricPath[]> {
    return this.#planned(async () => {
      const selection = new PathSelection(patterns);
      for await (const part of this.#scan(range, DAY_MS))
        for (const block of part.tier === 'raw' ? part.blocks : [part.block]) selection.indicesOf(block);
      return selection.paths;
    });
  }

  /** What there is of a range, about; null when there is nothing. */
  outline(range: SeriesRange): Promise<SeriesOutline | null> {
    return this.#planned(() => outlineOf({ reads: this.#reads, hotRows: this.#hotRows, segmentRows: this.#segmentRows }, range));
  }

  #scan(series: SeriesRange, stepMs: number | null): AsyncGenerator<Part> {
    return new SeriesScan({ hotRows: this.#hotRows, segmentRows: this.#segmentRows, series, stepMs }).parts();
  }

  async #planned<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof SegmentGone)) throw error;
        if (attempt === ATTEMPTS) {
          const hint = 'Try again in a moment.';
          throw new PerfwatchError('unavailable', 'What was to be read is being rewritten', { hint, retryAfterSeconds: 2, cause: error });
        }
      }
    }
  }
}

/** More values than a table may have: 'bad_input'. With a coarser step there are fewer. */
export class TooManyValues extends PerfwatchError {
  /** How many paths there were, at least. */
  readonly pathCount: number;

  constructor(pathCount: number) {
    const message = 'name what to read: these are more numbers than fit into memory at once';
    super('bad_input', `fields: ${message}`, { issues: [{ path: 'fields', message }] });
    this.name = 'TooManyValues';
    this.pathCount = pathCount;
  }
}
