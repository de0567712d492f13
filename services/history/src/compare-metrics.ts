import { formatMetricPath, type CompareStatistics, type MetricComparison } from '@perfwatch/contract';
import type { RollUpStats } from '@perfwatch/store';
import { haveSameTimesOfDay, type CompareWindows } from './compare-windows.ts';
import type { BucketTable } from './reading/series-reader.ts';
import { compareMeans, type ComparedMeans, type Effect } from './statistics-effect.ts';
import { percentile } from './statistics-percentile.ts';

/** Share of the steps that must be in both windows before they are compared step by step. */
const PAIRED_SHARE = 0.9;
/** An effect has no more digits than that. */
const EFFECT_DIGITS = 6;
/** Between these a number, and its difference to another, can be squared a million times over. */
const SMALLEST_SQUARED = 1e-100;
const LARGEST_SQUARED = 1e100;

/** What is used of a table of buckets. */
export type ComparedTable = Pick<BucketTable, 'starts' | 'paths' | 'stats' | 'sumUnit'>;

/** What one collector has in both windows, in steps of the same length. */
export interface ComparedTables {
  collector: string;
  windows: CompareWindows;
  stepMs: number;
  first: ComparedTable;
  second: ComparedTable;
}

/**
 * Compares every path that has a number in either window, one at each step of the iteration: the caller decides when others have their
 * turn.
 */
export function* compareTables({ collector, windows, stepMs, first, second }: ComparedTables): Generator<MetricComparison> {
  const pairs = haveSameTimesOfDay(windows) ? pairBuckets({ windows, stepMs, first, second }) : null;
  const indexInSecond = new Map(second.paths.map((path, index) => [formatMetricPath(path), index]));
  const inFirst = first.paths.map((path, index) => ({ path: formatMetricPath(path), index }));
  const known = new Set(inFirst.map(({ path }) => path));
  const onlyInSecond = [...indexInSecond.keys()].filter((path) => !known.has(path));
  for (const { path, index } of [...inFirst, ...onlyInSecond.map((text) => ({ path: text, index: null }))]) {
    const sides = { first: sideOf(first, index), second: sideOf(second, indexInSecond.get(path) ?? null), pairs };
    if (sides.first.statistics.count === 0 && sides.second.statistics.count === 0) continue;
    yield { collector, path, ...compareSides(sides) };
  }
}

/** What really changed first: by the least that the effect is likely to be, then by its size, then by the change in percent. */
export function rankByChange(comparisons: readonly MetricComparison[]): MetricComparison[] {
  return comparisons
    .map((comparison) => ({ comparison, rank: rankOf(comparison) }))
    .sort((one, two) => compareRanks(one.rank, two.rank))
    .map(({ comparison }) => comparison);
}

type Rank = readonly (number | string)[];

/** The greater the sooner; names, which come last, the other way around. */
function rankOf({ collector, path, effect, verdict, change, change_percent: percent }: MetricComparison): Rank {
  // From nothing to something no percentage can say.
  const changed = percent === null ? (change === null || change === 0 ? 0 : Infinity) : Math.abs(percent);
  if (effect !== null) return [Math.max(0, effect.low, -effect.high), Math.abs(effect.size), changed, collector, path];
  const unmeasured = verdict === 'unknown' ? -1 : Infinity;
  return [unmeasured, unmeasured, changed, collector, path];
}

function compareRanks(one: Rank, two: Rank): number {
  for (const [index, first] of one.entries()) {
    const second = two[index];
    if (second === undefined || first === second) continue;
    return first > second === (typeof first === 'number') ? -1 : 1;
  }
  return 0;
}

/** One path in one window. */
interface Side {
  statistics: CompareStatistics;
  /** By bucket, NaN where a bucket has no number. */
  means: Float64Array;
  /** Those that are numbers. */
  numbers: Float64Array;
}

const NOTHING: Side = {
  statistics: { avg: null, min: null, max: null, p50: null, p95: null, count: 0 },
  means: new Float64Array(),
  numbers: new Float64Array(),
};

function sideOf(table: ComparedTable, index: number | null): Side {
  const stats = index === null ? undefined : table.stats[index];
  if (stats === undefined) return NOTHING;
  const means = bucketMeans(stats, table.sumUnit);
  const numbers = numbersOf(means);
  return numbers.length === 0 ? NOTHING : { statistics: statisticsOf(stats, means, numbers), means, numbers };
}

function bucketMeans({ sums, counts, mins, maxs }: RollUpStats, sumUnit: number): Float64Array {
  const means = new Float64Array(sums.length);
  for (let bucket = 0; bucket < means.length; bucket += 1) {
    const count = counts[bucket] ?? 0;
    const mean = ((sums[bucket] ?? 0) / count) * sumUnit;
    means[bucket] = count === 0 ? NaN : clamp(mean, mins[bucket] ?? -Infinity, maxs[bucket] ?? Infinity);
  }
  return means;
}

/** What is not NaN. By hand, as a week of every metric passes here: `filter` takes ten times as long. */
function numbersOf(values: Float64Array): Float64Array {
  const numbers = new Float64Array(values.length);
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    numbers[count] = value;
    count += 1;
  }
  return numbers.subarray(0, count);
}

function statisticsOf({ counts, mins, maxs }: RollUpStats, means: Float64Array, numbers: Float64Array): CompareStatistics {
  let count = 0;
  for (const part of counts) count += part;
  let [avg, min, max] = [0, Infinity, -Infinity];
  for (let bucket = 0; bucket < means.length; bucket += 1) {
    const part = counts[bucket] ?? 0;
    if (part === 0) continue;
    // By parts of the mean: the sum of sums may leave the range of a double.
    avg += (means[bucket] ?? NaN) * (part / count);
    min = Math.min(min, mins[bucket] ?? Infinity);
    max = Math.max(max, maxs[bucket] ?? -Infinity);
  }
  const ascending = numbers.slice().sort();
  return { avg: clamp(avg, min, max), min, max, p50: percentile(ascending, 0.5), p95: percentile(ascending, 0.95), count };
}

/** A mean lies between its ends whatever the last digit of a sum does: so that of a constant is the constant. */
const clamp = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));

interface Sides {
  first: Side;
  second: Side;
  pairs: BucketPairs | null;
}

function compareSides(sides: Sides): Omit<MetricComparison, 'collector' | 'path'> {
  const { first, second } = sides;
  const { avg: avg1 } = first.statistics;
  const { avg: avg2 } = second.statistics;
  const change = avg1 === null || avg2 === null ? null : finite(avg1 - avg2);
  const { effect, verdict } = compareMeans(inRange(sides, comparedMeans(sides)));
  return {
    window_1: first.statistics,
    window_2: second.statistics,
    change,
    change_percent: change === null || avg2 === null || avg2 === 0 ? null : finite(100 * (change / Math.abs(avg2))),
    effect: effect === null ? null : shortened(effect),
    verdict,
  };
}

function shortened({ size, low, high }: Effect): Effect {
  const short = (value: number) => Number(value.toPrecision(EFFECT_DIGITS));
  return { size: short(size), low: short(low), high: short(high) };
}

/** JSON has neither infinity: a difference may leave the range of a double. */
const finite = (value: number) => (Number.isFinite(value) ? value : null);

function comparedMeans({ first, second, pairs }: Sides): ComparedMeans {
  const differences = pairs === null ? null : pairedDifferences(first.means, second.means, pairs);
  const isWhole = differences !== null && differences.length >= PAIRED_SHARE * Math.max(first.numbers.length, second.numbers.length);
  return { first: first.numbers, second: second.numbers, differences: isWhole ? differences : null };
}

function pairedDifferences(first: Float64Array, second: Float64Array, pairs: BucketPairs): Float64Array {
  const differences = new Float64Array(pairs.first.length);
  for (let pair = 0; pair < differences.length; pair += 1) {
    differences[pair] = (first[pairs.first[pair] ?? -1] ?? NaN) - (second[pairs.second[pair] ?? -1] ?? NaN);
  }
  return numbersOf(differences);
}

/** Where a square might leave the range of a double all are divided by the largest there is: an effect has no unit. */
function inRange({ first, second, pairs }: Sides, compared: ComparedMeans): ComparedMeans {
  const ends = [first, second].flatMap(({ statistics: { min, max } }) => [Math.abs(min ?? 0), Math.abs(max ?? 0)]);
  const largest = Math.max(...ends);
  if (largest === 0 || (largest > SMALLEST_SQUARED && largest < LARGEST_SQUARED)) return compared;
  const scaled = ({ statistics, means, numbers }: Side): Side => ({
    statistics,
    means: means.map((mean) => mean / largest),
    numbers: numbers.map((mean) => mean / largest),
  });
  return comparedMeans({ first: scaled(first), second: scaled(second), pairs });
}

/** Which bucket of the first window lies where in the second: at the same offset from the start. */
interface BucketPairs {
  first: readonly number[];
  second: readonly number[];
}

function pairBuckets({ windows, stepMs, first, second }: Omit<ComparedTables, 'collector'>): BucketPairs {
  const pairs: { first: number[]; second: number[] } = { first: [], second: [] };
  const shiftMs = windows.first.startMs - windows.second.startMs;
  if (shiftMs % stepMs !== 0) return pairs;
  const inSecond = new Map(Array.from(second.starts, (start, index) => [start + shiftMs, index]));
  for (const [index, start] of first.starts.entries()) {
    const other = inSecond.get(start);
    if (other === undefined) continue;
    pairs.first.push(index);
    pairs.second.push(other);
  }
  return pairs;
}
