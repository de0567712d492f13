import { PerfwatchError } from '@perfwatch/contract';

/** Milliseconds since 1970; `endMs` is not part of it. */
export interface TimeRange {
  startMs: number;
  endMs: number;
}

const DEFAULT_RANGE_MS = 3_600_000;
const ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;

/** An ISO 8601 time in milliseconds; UTC when it names no zone. */
export function parseTime(text: string): number {
  return Date.parse(ZONE.test(text) ? text : `${text}Z`);
}

/**
 * The range that a query means: by default the hour before `end_time`, which is now by default.
 * Throws PerfwatchError('bad_input') for an empty one.
 */
export function parseRange(query: { start_time?: string | undefined; end_time?: string | undefined }, nowMs: number): TimeRange {
  const endMs = query.end_time === undefined ? nowMs : parseTime(query.end_time);
  const startMs = query.start_time === undefined ? endMs - DEFAULT_RANGE_MS : parseTime(query.start_time);
  for (const [path, ms] of [
    ['start_time', startMs],
    ['end_time', endMs],
  ] as const) {
    if (Number.isNaN(ms)) throw rangeFault(path, 'is not a time that exists');
  }
  if (startMs < endMs) return { startMs, endMs };
  const [start, end] = [startMs, endMs].map((ms) => new Date(ms).toISOString());
  const about = query.end_time === undefined ? 'now' : 'end_time';
  throw rangeFault('start_time', `${start} must be before ${about}, ${end}: swap them, or give an earlier start_time`);
}

function rangeFault(path: string, message: string): PerfwatchError {
  return new PerfwatchError('bad_input', `${path} ${message}`, { issues: [{ path, message }] });
}
