import type { TimeRange } from './time-range.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './durations.ts';

/** Steps that read well on a time axis, finest first. */
const STEPS_MS = [
  ...[200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 30, 365].map((days) => days * DAY_MS),
];
const COARSEST_MS = 365 * DAY_MS;

/** How many buckets, aligned to 1970, a range touches. */
export function bucketCount({ startMs, endMs }: TimeRange, stepMs: number): number {
  return Math.floor((endMs - 1) / stepMs) - Math.floor(startMs / stepMs) + 1;
}

/**
 * The finest step of which the range has at most `limit` buckets; the coarsest there is when none fits. With the default limit it
 * is at least as fine as 5 s up to 30 min, 1 min up to 6 h, 5 min up to 24 h and 1 h up to 41 days.
 */
export function finestStep(range: TimeRange, limit: number): number {
  return STEPS_MS.find((stepMs) => bucketCount(range, stepMs) <= limit) ?? COARSEST_MS;
}

const UNITS = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
] as const;

/** `5s`, `1m`, `1h`, `1d`; `250ms` for what is no whole second. */
export function formatInterval(ms: number): string {
  const unit = UNITS.find(([, unitMs]) => ms % unitMs === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}
