import type { MetricPath, Metrics } from '@perfwatch/contract';
import { MetricsFlattener } from './metrics-flattener.ts';
import { comparePaths } from './path-list.ts';
import { NUMBER, type Presence } from './presence.ts';
import { RollUp, type RollUpStats } from './roll-up.ts';

/** Four cells each: sum, count, smallest, largest. */
const CELLS = 4;
const FIRST_PATHS = 16;
/** Sums are kept in units of this once one comes near the largest double, 1.8e308. */
const LARGE_UNIT = 2 ** 60;
const LARGE = 1e300;

/** The cells of each path, by the flattener's number. */
interface Bucket {
  startMs: number;
  cells: Float64Array;
}

/** Rolls Samples up into buckets of `stepMs`, in whatever order they come. */
export class RollUpBuilder {
  readonly #stepMs: number;
  readonly #flattener = new MetricsFlattener();
  readonly #buckets = new Map<number, Bucket>();
  #latest: Bucket | null = null;
  /** 1 or LARGE_UNIT. */
  #sumUnit = 1;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  add(tsMs: number, metrics: Metrics): void {
    const count = this.#flattener.flatten(metrics);
    const { indexes, values } = this.#flattener;
    const cells = this.#cellsAt(tsMs);
    for (let leaf = 0; leaf < count; leaf += 1) {
      const value = values[leaf] ?? Number.NaN;
      if (!Number.isNaN(value)) this.#addValue(cells, CELLS * (indexes[leaf] ?? 0), value);
    }
  }

  /** The same for Samples of ascending `times` that are columns already: numbers one after another, and which Samples have them. */
  addColumns(times: Float64Array, columns: readonly { path: MetricPath; presence: Presence; numbers: Float64Array }[]): void {
    const indexes = columns.map(({ path }) => this.#flattener.indexOf(path));
    const rows = Array.from(times, (tsMs) => this.#cellsAt(tsMs));
    columns.forEach(({ presence, numbers }, column) => {
      const at = CELLS * (indexes[column] ?? 0);
      let next = 0;
      presence.forEachRun((state, from, to) => {
        if (state !== NUMBER) return;
        for (let row = from; row < to; row += 1, next += 1) {
          const cells = rows[row];
          if (cells !== undefined) this.#addValue(cells, at, numbers[next] ?? 0);
        }
      });
    });
  }

  /** Adds finer buckets, or as fine ones, to those they fall into. `isTaken` tells which, by where they begin; all without it. */
  addRollUp(rollUp: RollUp, isTaken: (startMs: number) => boolean = () => true): void {
    if (rollUp.sumUnit !== 1) this.#enlargeUnit();
    const pathIndexes = rollUp.paths.map((path) => this.#flattener.indexOf(path));
    const taken: { index: number; cells: Float64Array }[] = [];
    rollUp.starts.forEach((startMs, index) => {
      if (isTaken(startMs)) taken.push({ index, cells: this.#cellsAt(startMs) });
    });
    pathIndexes.forEach((ownIndex, pathIndex) => {
      const stats = rollUp.stats(pathIndex);
      const [sums, counts, mins, maxs] = [stats.sums, stats.counts, stats.mins, stats.maxs];
      for (const { index, cells } of taken) {
        const count = counts[index] ?? 0;
        if (count === 0) continue;
        const sum = (sums[index] ?? 0) * (rollUp.sumUnit / this.#sumUnit);
        this.#merge(cells, CELLS * ownIndex, { sum, count, min: mins[index] ?? Number.NaN, max: maxs[index] ?? Number.NaN });
      }
    });
  }

  build(): RollUp {
    const buckets = [...this.#buckets.values()].sort((one, other) => one.startMs - other.startMs);
    const all = this.#flattener.paths.map((path, index) => ({ path, stats: statsOf(buckets, CELLS * index) }));
    const withNumbers = all
      .filter(({ stats }) => stats.counts.some((count) => count > 0))
      .sort((one, other) => comparePaths(one.path, other.path));
    return new RollUp({
      stepMs: this.#stepMs,
      starts: Float64Array.from(buckets, ({ startMs }) => startMs),
      paths: withNumbers.map(({ path }) => path),
      sumUnit: this.#sumUnit,
      stats: (pathIndex) => withNumbers[pathIndex]?.stats ?? statsOf([], 0),
    });
  }

  /** The cells of the bucket that a moment falls into, as many as there are paths. */
  #cellsAt(tsMs: number): Float64Array {
    const startMs = Math.floor(tsMs / this.#stepMs) * this.#stepMs;
    let bucket = this.#latest?.startMs === startMs ? this.#latest : this.#buckets.get(startMs);
    if (bucket === undefined) {
      bucket = { startMs, cells: new Float64Array(CELLS * Math.max(FIRST_PATHS, this.#flattener.paths.length)) };
      this.#buckets.set(startMs, bucket);
    }
    if (bucket.cells.length < CELLS * this.#flattener.paths.length) {
      const cells = new Float64Array(2 * CELLS * this.#flattener.paths.length);
      cells.set(bucket.cells);
      bucket.cells = cells;
    }
    this.#latest = bucket;
    return bucket.cells;
  }

  #addValue(cells: Float64Array, at: number, value: number): void {
    if (value > LARGE || value < -LARGE) this.#enlargeUnit();
    const countBefore = cells[at + 1] ?? 0;
    const sum = (cells[at] ?? 0) + value / this.#sumUnit;
    cells[at] = sum;
    cells[at + 1] = countBefore + 1;
    if (countBefore === 0 || value < (cells[at + 2] ?? 0)) cells[at + 2] = value;
    if (countBefore === 0 || value > (cells[at + 3] ?? 0)) cells[at + 3] = value;
    if (sum > LARGE || sum < -LARGE) this.#enlargeUnit();
  }

  #merge(cells: Float64Array, at: number, { sum, count, min, max }: { sum: number; count: number; min: number; max: number }): void {
    const countBefore = cells[at + 1] ?? 0;
    const merged = (cells[at] ?? 0) + sum;
    cells[at] = merged;
    cells[at + 1] = countBefore + count;
    if (countBefore === 0 || min < (cells[at + 2] ?? 0)) cells[at + 2] = min;
    if (countBefore === 0 || max > (cells[at + 3] ?? 0)) cells[at + 3] = max;
    if (merged > LARGE || merged < -LARGE) this.#enlargeUnit();
  }

  /** From here on sums are kept in units so large that a double holds the sum of any number of doubles. */
  #enlargeUnit(): void {
    if (this.#sumUnit !== 1) return;
    this.#sumUnit = LARGE_UNIT;
    for (const { cells } of this.#buckets.values()) {
      for (let at = 0; at < cells.length; at += CELLS) cells[at] = (cells[at] ?? 0) / LARGE_UNIT;
    }
  }
}

function statsOf(buckets: readonly Bucket[], at: number): RollUpStats {
  const pick = (cell: number) => Float64Array.from(buckets, ({ cells }) => cells[at + cell] ?? 0);
  const counts = pick(1);
  const ofFilled = (cell: number) => pick(cell).map((value, index) => ((counts[index] ?? 0) > 0 ? value : Number.NaN));
  return { sums: pick(0), counts, mins: ofFilled(2), maxs: ofFilled(3) };
}

/** The buckets of `base` outside of the range, and those of `change` in it. Both have buckets of the same length. */
export function replaceBuckets(base: RollUp | null, change: RollUp, { startMs, endMs }: { startMs: number; endMs: number }): RollUp {
  const isInside = (bucketMs: number) => bucketMs >= startMs && bucketMs < endMs;
  const builder = new RollUpBuilder(change.stepMs);
  if (base !== null) builder.addRollUp(base, (bucketMs) => !isInside(bucketMs));
  builder.addRollUp(change, isInside);
  return builder.build();
}
