import type { MetricPath } from '@perfwatch/contract';
import type { RollUpStats } from '@perfwatch/store';
import { lowerBound, type SampleColumns } from './blocks.ts';
import type { Deadline } from './deadline.ts';
import { mergeTimes, type Placement } from './merged-times.ts';
import type { PathSelection } from './path-selection.ts';
import { floorTo } from './segment-rows.ts';
import type { Part, RawPart, RollUpPart } from './series-scan.ts';

/** Sums are kept in this unit once one of them leaves the range of a double. */
const LARGE_UNIT = 2 ** 60;
const FIRST_CAPACITY = 32;
/** So many take a millisecond at most; to look at the clock for each would cost more than some of them. */
const COLUMNS_IN_A_ROW = 16;

/** A stretch of rows that fall into the same bucket. */
interface Run {
  bucket: number;
  from: number;
  to: number;
}

/** Which of the four are wanted; sums and counts always are. */
export interface SumsOptions {
  stepMs: number;
  withExtremes: boolean;
  selection: PathSelection;
  deadline: Deadline;
}

/** Gathers Samples and roll-ups, which come ascending, into buckets of `stepMs`. */
export class BucketSums {
  readonly #stepMs: number;
  readonly #withExtremes: boolean;
  readonly #selection: PathSelection;
  readonly #deadline: Deadline;
  readonly #stats: RollUpStats[] = [];
  #starts = new Float64Array(FIRST_CAPACITY);
  #count = 0;
  #unit = 1;

  constructor({ stepMs, withExtremes, selection, deadline }: SumsOptions) {
    this.#stepMs = stepMs;
    this.#withExtremes = withExtremes;
    this.#selection = selection;
    this.#deadline = deadline;
  }

  /** Buckets begun. */
  get count(): number {
    return this.#count;
  }

  get pathCount(): number {
    return this.#selection.paths.length;
  }

  get sumUnit(): number {
    return this.#unit;
  }

  /** The first buckets, as views. */
  take(count: number): { starts: Float64Array; paths: readonly MetricPath[]; stats: RollUpStats[] } {
    this.#growStats();
    const cut = (values: Float64Array) => values.subarray(0, Math.min(count, values.length));
    const stats = this.#stats.map(({ sums, counts, mins, maxs }) => ({
      sums: cut(sums),
      counts: cut(counts),
      mins: cut(mins),
      maxs: cut(maxs),
    }));
    return { starts: this.#starts.slice(0, count), paths: this.#selection.paths, stats };
  }

  startOf(bucket: number): number {
    return this.#starts[bucket] ?? 0;
  }

  /** A part in pieces that add so few buckets that about `cells` values more are the most; at least a bucket each. */
  *inPieces(part: Part, cells: number): Generator<Part> {
    if (part.tier !== 'raw') {
      yield part;
      return;
    }
    for (const block of part.blocks) this.#selection.indicesOf(block);
    const buckets = Math.max(1, Math.floor(cells / Math.max(1, this.pathCount)));
    for (let startMs = part.startMs; startMs < part.endMs;) {
      const endMs = Math.min(part.endMs, floorTo(startMs, this.#stepMs) + buckets * this.#stepMs);
      yield { ...part, startMs, endMs };
      startMs = endMs;
    }
  }

  add(part: Part): Promise<void> {
    return part.tier === 'raw' ? this.#addSamples(part) : this.#addRollUp(part);
  }

  async #addSamples({ blocks, startMs, endMs }: RawPart): Promise<void> {
    const { times, placements } = mergeTimes(blocks, { startMs, endMs });
    const bucketOf = this.#bucketsOf(times);
    for (const placement of placements) {
      const runs = runsOf(placement, bucketOf);
      const wanted = this.#selection.indicesOf(placement.block);
      this.#growStats();
      for (let index = 0; index < wanted.length; index += 1) {
        if (index % COLUMNS_IN_A_ROW === 0 && this.#deadline.isSliceOver) await this.#deadline.pause();
        const to = wanted[index] ?? -1;
        if (to >= 0) this.#addColumn(placement.block, { index, to, runs });
      }
    }
  }

  async #addRollUp({ block, startMs, endMs }: RollUpPart): Promise<void> {
    const from = lowerBound(block.starts, startMs);
    const bucketOf = this.#bucketsOf(block.starts.subarray(from, lowerBound(block.starts, endMs)));
    const unit = block.rollUp.sumUnit;
    if (unit !== 1) this.#enlarge();
    const wanted = this.#selection.indicesOf(block);
    this.#growStats();
    for (let index = 0; index < wanted.length; index += 1) {
      if (index % COLUMNS_IN_A_ROW === 0 && this.#deadline.isSliceOver) await this.#deadline.pause();
      const into = this.#stats[wanted[index] ?? -1];
      if (into !== undefined) this.#addStats(block.stats(index), { into, bucketOf, from, unit });
    }
  }

  #addColumn(block: SampleColumns, { index, to, runs }: { index: number; to: number; runs: readonly Run[] }): void {
    const into = this.#stats[to];
    if (into === undefined) return;
    const { values } = block.column(index);
    for (const run of runs) {
      let count = 0;
      let sum = 0;
      for (let row = run.from; row < run.to; row += 1) {
        const value = values[row] ?? NaN;
        // NaN stands for what is no number.
        if (value === value) {
          sum += value;
          count += 1;
        }
      }
      if (count === 0) continue;
      const total = (into.sums[run.bucket] ?? 0) + sum / this.#unit;
      if (Number.isFinite(total)) into.sums[run.bucket] = total;
      else this.#addLarge(into, run.bucket, scaledSum(values, run));
      into.counts[run.bucket] = (into.counts[run.bucket] ?? 0) + count;
      if (this.#withExtremes) addExtremes(into, values, run);
    }
  }

  #addStats(
    stats: RollUpStats,
    { into, bucketOf, from, unit }: { into: RollUpStats; bucketOf: Int32Array; from: number; unit: number },
  ): void {
    const { sums, counts } = into;
    for (let offset = 0; offset < bucketOf.length; offset += 1) {
      const count = stats.counts[from + offset] ?? 0;
      if (count === 0) continue;
      const bucket = bucketOf[offset] ?? 0;
      const sum = stats.sums[from + offset] ?? 0;
      const total = (sums[bucket] ?? 0) + sum * (unit / this.#unit);
      if (Number.isFinite(total)) sums[bucket] = total;
      else this.#addLarge(into, bucket, sum * (unit / LARGE_UNIT));
      counts[bucket] = (counts[bucket] ?? 0) + count;
      if (this.#withExtremes) widen(into, bucket, { min: stats.mins[from + offset] ?? NaN, max: stats.maxs[from + offset] ?? NaN });
    }
  }

  /** Adds what is given in the large unit, because the sum has become too large for the other. */
  #addLarge({ sums }: RollUpStats, bucket: number, sum: number): void {
    this.#enlarge();
    sums[bucket] = (sums[bucket] ?? 0) + sum;
  }

  #enlarge(): void {
    if (this.#unit !== 1) return;
    this.#unit = LARGE_UNIT;
    for (const { sums } of this.#stats)
      for (let bucket = 0; bucket < sums.length; bucket += 1) sums[bucket] = (sums[bucket] ?? 0) / LARGE_UNIT;
  }

  /** The bucket of each time, those not there yet begun. */
  #bucketsOf(times: Float64Array): Int32Array {
    const bucketOf = new Int32Array(times.length);
    let last = this.#count - 1;
    let endMs = last < 0 ? -Infinity : (this.#starts[last] ?? 0) + this.#stepMs;
    for (let index = 0; index < times.length; index += 1) {
      const tsMs = times[index] ?? 0;
      if (tsMs >= endMs) {
        last = this.#begin(floorTo(tsMs, this.#stepMs));
        endMs = this.startOf(last) + this.#stepMs;
      }
      bucketOf[index] = last;
    }
    return bucketOf;
  }

  #begin(startMs: number): number {
    if (this.#count === this.#starts.length) this.#starts = grown(this.#starts, 4 * this.#count, 0);
    this.#starts[this.#count] = startMs;
    this.#count += 1;
    return this.#count - 1;
  }

  /** Room in every path for every bucket. */
  #growStats(): void {
    const capacity = this.#starts.length;
    for (let index = 0; index < this.pathCount; index += 1) {
      const { sums, counts, mins, maxs } = this.#stats[index] ?? NO_STATS;
      if (sums.length === capacity) continue;
      this.#stats[index] = {
        sums: grown(sums, capacity, 0),
        counts: grown(counts, capacity, 0),
        mins: this.#withExtremes ? grown(mins, capacity, NaN) : NONE,
        maxs: this.#withExtremes ? grown(maxs, capacity, NaN) : NONE,
      };
    }
  }
}

const NONE = new Float64Array(0);
const NO_STATS: RollUpStats = { sums: NONE, counts: NONE, mins: NONE, maxs: NONE };

function grown(values: Float64Array, capacity: number, rest: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(values);
  if (rest !== 0) larger.fill(rest, values.length);
  return larger;
}

function runsOf({ from, slots }: Placement, bucketOf: Int32Array): Run[] {
  const runs: Run[] = [];
  let run: Run = { bucket: -1, from: -1, to: -1 };
  for (let row = 0; row < slots.length; row += 1) {
    const slot = slots[row] ?? -1;
    if (slot < 0) continue;
    const bucket = bucketOf[slot] ?? -1;
    if (bucket === run.bucket && run.to === from + row) run.to += 1;
    else runs.push((run = { bucket, from: from + row, to: from + row + 1 }));
  }
  return runs;
}

function scaledSum(values: Float64Array, { from, to }: Run): number {
  let sum = 0;
  for (let row = from; row < to; row += 1) {
    const value = values[row] ?? NaN;
    if (value === value) sum += value / LARGE_UNIT;
  }
  return sum;
}

function addExtremes({ mins, maxs }: RollUpStats, values: Float64Array, { bucket, from, to }: Run): void {
  let min = mins[bucket] ?? NaN;
  let max = maxs[bucket] ?? NaN;
  for (let row = from; row < to; row += 1) {
    const value = values[row] ?? NaN;
    if (value !== value) continue;
    // NaN before the first: no comparison with it is true.
    if (!(min <= value)) min = value;
    if (!(max >= value)) max = value;
  }
  mins[bucket] = min;
  maxs[bucket] = max;
}

function widen({ mins, maxs }: RollUpStats, bucket: number, { min, max }: { min: number; max: number }): void {
  if (!((mins[bucket] ?? NaN) <= min)) mins[bucket] = min;
  if (!((maxs[bucket] ?? NaN) >= max)) maxs[bucket] = max;
}
