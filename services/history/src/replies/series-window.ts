import type { Aggregate, Resolution } from '@perfwatch/contract';
import type { Block } from '../reading/block-cache.ts';
import { lowerBound } from '../reading/blocks.ts';
import { meanOf } from '../reading/row-columns.ts';
import type { BucketTable, RawTable } from '../reading/series-reader.ts';
import { MetricLayout, type Leaf } from './metric-layout.ts';
import { roundMean } from './number-text.ts';

const NULL = 1;
const NUMBER = 2;
const BYTES_PER_PATH = 300;
const NOTHING = { sums: new Float64Array(0), counts: new Float64Array(0) };

type TimesAndPaths = Pick<RawTable, 'times' | 'paths' | 'resolution'> & { readToMs: number };

/** Points of a series that were read together. */
export abstract class SeriesWindow implements Block {
  readonly layout: MetricLayout;
  readonly resolution: Resolution;
  /** All before this has been read. */
  readonly readToMs: number;
  readonly times: Float64Array;
  /** Where reading began. */
  readonly startMs: number;

  constructor(startMs: number, { times, paths, resolution, readToMs }: TimesAndPaths) {
    this.startMs = startMs;
    this.times = times;
    this.layout = new MetricLayout(paths);
    this.resolution = resolution;
    this.readToMs = readToMs;
  }

  abstract get bytes(): number;

  /** What a path (by its index in the table) has at a point. */
  abstract leafOf(aggregate: Aggregate, point: number, index: number): Leaf;

  get count(): number {
    return this.times.length;
  }

  timeOf(point: number): number {
    return this.times[point] ?? 0;
  }

  /** The first point that is not before `ms`. */
  from(ms: number): number {
    return lowerBound(this.times, ms);
  }

  /** As `leafOf`, but nothing for a metric at whose name there is a dimension with values: an object has each key once. */
  writtenOf(aggregate: Aggregate, point: number, index: number): Leaf {
    const leaf = this.leafOf(aggregate, point, index);
    if (leaf === undefined || this.layout.rivals.size === 0) return leaf;
    const rivals = this.layout.rivals.get(index);
    return rivals?.some((rival) => this.leafOf(aggregate, point, rival) !== undefined) === true ? undefined : leaf;
  }

  protected get layoutBytes(): number {
    return this.times.byteLength + this.layout.paths.length * BYTES_PER_PATH;
  }
}

/** Aggregates of buckets. A path without a number in a bucket is absent there. */
export class BucketWindow extends SeriesWindow {
  readonly #table: BucketTable;
  /** By path, once they were asked for; NaN where there is none. */
  readonly #means: Float64Array[] = [];

  constructor(startMs: number, table: BucketTable & { readToMs: number }) {
    super(startMs, { ...table, times: table.starts });
    this.#table = table;
  }

  get bytes(): number {
    return this.#table.stats.reduce((sum, { sums, mins }) => sum + 3 * sums.byteLength + 2 * mins.byteLength, this.layoutBytes);
  }

  leafOf(aggregate: Aggregate, point: number, index: number): Leaf {
    if (aggregate === 'avg') {
      const mean = (this.#means[index] ?? this.#addMeans(index))[point];
      return mean === mean ? mean : undefined;
    }
    const stats = this.#table.stats[index];
    if (stats === undefined || stats.counts[point] === 0) return undefined;
    return aggregate === 'min' ? stats.mins[point] : stats.maxs[point];
  }

  #addMeans(index: number): Float64Array {
    const { stats, sumUnit: unit } = this.#table;
    const { sums, counts } = stats[index] ?? NOTHING;
    const means = new Float64Array(this.count);
    for (let point = 0; point < means.length; point += 1) {
      const count = counts[point] ?? 0;
      means[point] = count === 0 ? NaN : roundMean(meanOf({ sum: sums[point] ?? 0, count, unit }));
    }
    this.#means[index] = means;
    return means;
  }
}

/** Samples: each its own average, minimum and maximum. */
export class RawWindow extends SeriesWindow {
  readonly #table: RawTable;

  constructor(startMs: number, table: RawTable & { readToMs: number }) {
    super(startMs, table);
    this.#table = table;
  }

  get bytes(): number {
    return this.#table.columns.reduce((sum, { values }) => sum + values.byteLength + values.length, this.layoutBytes);
  }

  leafOf(_: Aggregate, point: number, index: number): Leaf {
    const column = this.#table.columns[index];
    const state = column?.states === null ? NUMBER : (column?.states[point] ?? 0);
    if (state === NUMBER) return column?.values[point];
    return state === NULL ? null : undefined;
  }
}
