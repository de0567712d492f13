import { formatMetricPath, type MetricPath } from '@perfwatch/contract';
import type { Column, RawSegment, RollUp, RollUpStats } from '@perfwatch/store';
import type { Block } from './block-cache.ts';

/** Paths as text that is the same for the same path; `MetricPath`s are compared by it. */
export const pathKey = formatMetricPath;

const BYTES_PER_PATH = 150;
/** A segment keeps its decompressed bytes: some times what is stored. */
const EXPANSION = 4;

/** Samples as columns, ascending by time. */
export interface SampleColumns {
  readonly times: Float64Array;
  readonly paths: readonly MetricPath[];
  /** `pathKey` of each path. */
  readonly keys: readonly string[];
  column(pathIndex: number): Column;
}

/** A sealed stretch of Samples; columns are decoded when they are first asked for, and kept. */
export class RawBlock implements Block, SampleColumns {
  readonly segment: RawSegment;
  readonly keys: readonly string[];
  readonly #columns = new Map<number, Column>();
  #bytes: number;

  constructor(segment: RawSegment, storedBytes: number) {
    this.segment = segment;
    this.keys = segment.paths.map(pathKey);
    this.#bytes = storedBytes * EXPANSION + segment.times.byteLength + this.keys.length * BYTES_PER_PATH;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get times(): Float64Array {
    return this.segment.times;
  }

  get paths(): readonly MetricPath[] {
    return this.segment.paths;
  }

  column(pathIndex: number): Column {
    let column = this.#columns.get(pathIndex);
    if (column === undefined) {
      column = this.segment.column(pathIndex);
      this.#columns.set(pathIndex, column);
      this.#bytes += column.values.byteLength + (column.states?.byteLength ?? 0) + BYTES_PER_PATH;
    }
    return column;
  }
}

/** A roll-up of an hour by the minute or of a day by the hour; what is asked for is decoded once. */
export class RollUpBlock implements Block {
  readonly rollUp: RollUp;
  readonly keys: readonly string[];
  readonly #stats = new Map<number, RollUpStats>();
  #bytes: number;

  constructor(rollUp: RollUp, storedBytes: number) {
    this.rollUp = rollUp;
    this.keys = rollUp.paths.map(pathKey);
    this.#bytes = storedBytes * EXPANSION + rollUp.starts.byteLength + this.keys.length * BYTES_PER_PATH;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get starts(): Float64Array {
    return this.rollUp.starts;
  }

  get paths(): readonly MetricPath[] {
    return this.rollUp.paths;
  }

  /** Whether a Sample was in the bucket that begins then. */
  has(startMs: number): boolean {
    return this.starts[lowerBound(this.starts, startMs)] === startMs;
  }

  stats(pathIndex: number): RollUpStats {
    let stats = this.#stats.get(pathIndex);
    if (stats === undefined) {
      stats = this.rollUp.stats(pathIndex);
      this.#stats.set(pathIndex, stats);
      this.#bytes += 4 * stats.sums.byteLength + BYTES_PER_PATH;
    }
    return stats;
  }
}

/** Index of the first time that is not before `ms`; the length when there is none. */
export function lowerBound(times: Float64Array, ms: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
