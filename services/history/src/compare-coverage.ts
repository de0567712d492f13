import type { CompareWindow } from '@perfwatch/contract';
import { overlapMs, type CompareWindows } from './compare-windows.ts';
import type { TimeRange } from './time-range.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './durations.ts';

/** The slowest that a built-in collector samples: what is rarer says so in its Samples, or counts as a gap. */
const SLOWEST_MS = MINUTE_MS;
const TOLERANCE = 0.1;
const MAX_NAMED = 5;

/** Stretches of time, ascending and apart. */
export type Coverage = readonly TimeRange[];

export interface CoveredBuckets {
  range: TimeRange;
  /** Starts of the buckets that hold Samples, ascending. */
  starts: Float64Array;
  stepMs: number;
  /** As the collector says; null where it does not. */
  intervalMs: number | null;
}

/** The time for which one collector has Samples: each bucket with one stands for a step, or for the usual distance to the next if longer. */
export function coverageOf({ range, starts, stepMs, intervalMs }: CoveredBuckets): Coverage {
  const reachMs = Math.max(stepMs, Math.min(medianGap(starts), Math.max(SLOWEST_MS, intervalMs ?? 0)));
  const covered = Array.from(starts, (startMs) => ({
    startMs: Math.max(range.startMs, startMs),
    endMs: Math.min(range.endMs, startMs + reachMs),
  }));
  return unite([covered]);
}

/** 0 where there are fewer than two. */
function medianGap(starts: Float64Array): number {
  const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? start));
  return gaps.sort()[Math.floor(gaps.length / 2)] ?? 0;
}

/** The time that any of them covers. */
export function unite(coverages: readonly Coverage[]): Coverage {
  const united: TimeRange[] = [];
  for (const { startMs, endMs } of coverages.flat().sort((a, b) => a.startMs - b.startMs)) {
    const last = united.at(-1);
    if (last !== undefined && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
    else if (startMs < endMs) united.push({ startMs, endMs });
  }
  return united;
}

const coveredMs = (coverage: Coverage) => coverage.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);

export function describeWindow({ startMs, endMs }: TimeRange, coverage: Coverage): CompareWindow {
  const covered = coveredMs(coverage);
  return {
    start_time: new Date(startMs).toISOString(),
    end_time: new Date(endMs).toISOString(),
    seconds: (endMs - startMs) / 1000,
    covered_seconds: covered / 1000,
    coverage_percent: Math.round((10_000 * covered) / (endMs - startMs)) / 100,
  };
}

/** How much of both windows one collector covers, or all of them together. */
export interface BothCoverages {
  first: Coverage;
  second: Coverage;
}

export interface Comparability {
  isComparable: boolean;
  /** Sentences; null where there is nothing to say. */
  note: string | null;
}

/** Whether like is compared with like, and what to know of it. */
export function judgeWindows(
  windows: CompareWindows,
  together: BothCoverages,
  byCollector: ReadonlyMap<string, BothCoverages>,
): Comparability {
  const { first, second } = windows;
  const faults: string[] = [];
  const remarks: string[] = [];
  const lengths = [first, second].map(({ startMs, endMs }) => endMs - startMs);
  if (differ(lengths)) faults.push(`Window 1 is ${lengths.map(durationWords).join(' long, window 2 ')}.`);
  const shares = sharesOf(windows, together);
  if (shares.every((share) => share === 0)) faults.push('Neither window has any Samples.');
  else if (differ(shares)) faults.push(`There are Samples for ${percents(shares)}.`);
  const uneven = [...byCollector].filter(([, coverages]) => differ(sharesOf(windows, coverages)));
  if (byCollector.size > 1 && uneven.length > 0) remarks.push(describeUneven(windows, uneven));
  const overlap = overlapMs(windows);
  if (overlap > 0) remarks.push(`The windows have ${durationWords(overlap)} in common, which hides part of a change.`);
  const sentences = [...faults, ...remarks];
  return { isComparable: faults.length === 0, note: sentences.length === 0 ? null : sentences.join(' ') };
}

function sharesOf({ first, second }: CompareWindows, coverages: BothCoverages): number[] {
  return [coveredMs(coverages.first) / (first.endMs - first.startMs), coveredMs(coverages.second) / (second.endMs - second.startMs)];
}

function describeUneven(windows: CompareWindows, uneven: readonly [string, BothCoverages][]): string {
  const named = uneven.slice(0, MAX_NAMED).map(([collector, coverages]) => `${collector} ${percents(sharesOf(windows, coverages))}`);
  const more = uneven.length - named.length;
  return `Not every collector covers both alike: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}

/** By more than a tenth of the larger. */
function differ(sizes: readonly number[]): boolean {
  const largest = Math.max(...sizes);
  return largest - Math.min(...sizes) > TOLERANCE * largest;
}

function percents(shares: readonly number[]): string {
  const [first = '', second = ''] = shares.map((share) => `${Math.round(1000 * share) / 10} %`);
  return `${first} of window 1 and ${second} of window 2`;
}

/** `10 min`, `1.5 h`, `7 d` */
function durationWords(ms: number): string {
  const units = [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['min', MINUTE_MS],
  ] as const;
  const [unit, unitMs] = units.find(([, size]) => ms >= size) ?? ['s', 1000];
  return `${Math.round((10 * ms) / unitMs) / 10} ${unit}`;
}
