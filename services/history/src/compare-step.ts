import type { CompareWindows } from './compare-windows.ts';
import { bucketCount } from './bucket-interval.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './durations.ts';

/** Steps of statistics and series, finest first; most are multiples of those before. */
const STEPS_MS = [
  ...[1, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 30, 365].map((days) => days * DAY_MS),
];
const COARSEST_MS = 365 * DAY_MS;
/** Most cells (a path in a bucket, 32 bytes) of one window: 32 MB. */
const MAX_CELLS = 1_000_000;

/**
 * The finest step worth having for a window of that length: 1 s up to 15 min, 5 s up to 2 h, 1 min up to 2 days, 1 h up to 62 days, else a
 * day. An hour has 720, a day 1440, a week 168 of them: enough to tell how fast a metric forgets, and no more than the stored resolution
 * that is read for it gives at once.
 */
export function finestStepFor(lengthMs: number): number {
  if (lengthMs <= 15 * MINUTE_MS) return SECOND_MS;
  if (lengthMs <= 2 * HOUR_MS) return 5 * SECOND_MS;
  if (lengthMs <= 2 * DAY_MS) return MINUTE_MS;
  return lengthMs <= 62 * DAY_MS ? HOUR_MS : DAY_MS;
}

/** The step of both windows, that of the longer one; coarser where a collector has so many paths that a table would not fit. */
export function statisticsStep(windows: CompareWindows, pathCount: number): number {
  const { first, second } = windows;
  const finestMs = finestStepFor(Math.max(first.endMs - first.startMs, second.endMs - second.startMs));
  return coarserStep(windows, { finestMs, limit: Math.floor(MAX_CELLS / Math.max(1, pathCount)) });
}

/** The finest multiple of a step of which neither window has more than `limit`; the coarsest there is when none fits. */
export function coarserStep({ first, second }: CompareWindows, { finestMs, limit }: { finestMs: number; limit: number }): number {
  const fits = (stepMs: number) => bucketCount(first, stepMs) <= limit && bucketCount(second, stepMs) <= limit;
  return STEPS_MS.find((stepMs) => stepMs % finestMs === 0 && fits(stepMs)) ?? COARSEST_MS;
}
