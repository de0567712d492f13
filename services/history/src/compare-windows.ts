import { PerfwatchError, type ComparePeriod, type CompareQuery, type ProblemIssue } from '@perfwatch/contract';
import { finestStepFor } from './compare-step.ts';
import { parseTime, type TimeRange } from './time-range.ts';
import { DAY_MS, HOUR_MS } from './durations.ts';

const PERIOD_MS: Record<ComparePeriod, number> = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS };
const TIMES = ['start_time_1', 'end_time_1', 'start_time_2', 'end_time_2'] as const;
type TimeField = (typeof TIMES)[number];

/** What is looked at, and what it is held against. */
export interface CompareWindows {
  first: TimeRange;
  second: TimeRange;
}

/**
 * The windows that a query means. Relative ones end at the newest whole step of their statistics (5 s for an hour, 1 min for a day, 1 h
 * for a week), so that their buckets are whole and lie at the same offsets in both. They may overlap: a week against `yesterday` does.
 * Throws PerfwatchError('bad_input') that names every field which is missing, too much or wrong.
 */
export function parseWindows(query: CompareQuery, nowMs: number): CompareWindows {
  const given = TIMES.filter((field) => query[field] !== undefined);
  if (query.period !== undefined) {
    refuse(given.map((path) => ({ path, message: 'cannot be given together with period' })));
    return relativeWindows(query.period, query.compare_to ?? 'previous', nowMs);
  }
  const issues: ProblemIssue[] = [];
  if (query.compare_to !== undefined) {
    const message = given.length === 0 ? 'needs period: hour, day or week' : 'needs period, and cannot be given together with times';
    issues.push({ path: 'compare_to', message });
  } else if (given.length === 0) {
    issues.push({ path: 'period', message: `must be hour, day or week; or give ${TIMES.join(', ')}` });
  }
  if (given.length > 0) {
    for (const path of TIMES) {
      if (query[path] === undefined) issues.push({ path, message: 'is missing: four times are needed' });
    }
  }
  refuse(issues);
  return customWindows(query);
}

function relativeWindows(period: ComparePeriod, compareTo: NonNullable<CompareQuery['compare_to']>, nowMs: number): CompareWindows {
  const lengthMs = PERIOD_MS[period];
  const stepMs = finestStepFor(lengthMs);
  const endMs = Math.floor(nowMs / stepMs) * stepMs;
  const agoMs = { yesterday: DAY_MS, last_week: 7 * DAY_MS, previous: lengthMs }[compareTo];
  return { first: { startMs: endMs - lengthMs, endMs }, second: { startMs: endMs - lengthMs - agoMs, endMs: endMs - agoMs } };
}

function customWindows(query: CompareQuery): CompareWindows {
  const issues: ProblemIssue[] = [];
  const read = (path: TimeField): number => {
    const ms = parseTime(query[path] ?? '');
    if (Number.isNaN(ms)) issues.push({ path, message: 'is not a time that exists' });
    return ms;
  };
  const first = { startMs: read('start_time_1'), endMs: read('end_time_1') };
  const second = { startMs: read('start_time_2'), endMs: read('end_time_2') };
  for (const [number, { startMs, endMs }] of [first, second].entries()) {
    if (startMs >= endMs) issues.push({ path: `start_time_${number + 1}`, message: `must be before end_time_${number + 1}` });
  }
  refuse(issues);
  return { first, second };
}

function refuse(issues: readonly ProblemIssue[]): void {
  if (issues.length === 0) return;
  const words = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new PerfwatchError('bad_input', words, { issues });
}

/** How long two ranges have the same time, in milliseconds. */
export function overlapMs({ first, second }: CompareWindows): number {
  return Math.max(0, Math.min(first.endMs, second.endMs) - Math.max(first.startMs, second.startMs));
}

/**
 * Whether the same step of both windows is the same time of day: then what a day does anyway is in both, and cancels in the differences
 * from step to step.
 */
export function haveSameTimesOfDay({ first, second }: CompareWindows): boolean {
  return first.endMs - first.startMs === second.endMs - second.startMs && (first.startMs - second.startMs) % DAY_MS === 0;
}
