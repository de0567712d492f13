import type { TimeRange } from '../live/frame.ts';

/** An end of a range: so long before now, or a moment. Milliseconds. */
export type RangeEnd = { kind: 'relative'; beforeMs: number } | { kind: 'absolute'; timeMs: number };

/** The zone in which a typed time without one is meant. */
export type TypedZone = 'local' | 'utc';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const isUnit = (text: string | undefined): text is keyof typeof UNIT_MS => text !== undefined && Object.hasOwn(UNIT_MS, text);
const DAY_MS = UNIT_MS.d;

const RELATIVE = /^now(?:\s*-\s*(\d{1,7})\s*(s|m|min|h|d|w))?$/;
const MOMENT = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?\s*(z|utc|[+-]\d{2}:?\d{2})?$/i;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;

/** An end as an address and a field hold it: `now`, `now-6h`, `2026-11-24T13:00:00Z`. */
export function formatEnd(end: RangeEnd): string {
  if (end.kind === 'absolute') return new Date(end.timeMs).toISOString().replace('.000Z', 'Z');
  if (end.beforeMs === 0) return 'now';
  for (const unit of ['d', 'h', 'm'] as const) {
    if (end.beforeMs % UNIT_MS[unit] === 0) return `now-${end.beforeMs / UNIT_MS[unit]}${unit}`;
  }
  return `now-${Math.round(end.beforeMs / 1000)}s`;
}

/**
 * What was typed: `now`, `now-6h`, `2026-11-24`, `2026-11-24 13:00`, `2026-11-24T13:00:00Z`, `13:00` (today), `today`, `yesterday`.
 * Null for a text that is no such thing, or a day or time that does not exist.
 */
export function parseEnd(text: string, { zone, nowMs }: { zone: TypedZone; nowMs: number }): RangeEnd | null {
  const typed = text.trim().toLowerCase();
  const relative = RELATIVE.exec(typed);
  if (relative !== null) return relativeEnd(relative);
  const [year, month, day] = dateOf(nowMs, zone);
  if (typed === 'today' || typed === 'yesterday') return absolute(wallTime([year, month, day - (typed === 'today' ? 0 : 1)], zone));
  const clock = CLOCK.exec(typed);
  if (clock !== null) return absolute(existing([year, month, day, ...numbers(clock.slice(1, 4)), 0], zone));
  return parseMoment(typed, zone);
}

function relativeEnd([, count, unit]: RegExpExecArray): RangeEnd {
  const name = unit === 'min' ? 'm' : unit;
  return { kind: 'relative', beforeMs: count === undefined || !isUnit(name) ? 0 : Number(count) * UNIT_MS[name] };
}

function parseMoment(text: string, zone: TypedZone): RangeEnd | null {
  const match = MOMENT.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = numbers(match.slice(1, 7));
  const fields = [year, month - 1, day, hours, minutes, seconds, Number((match[7] ?? '0').padEnd(3, '0'))] as const;
  const named = match[8];
  if (named === undefined) return absolute(existing(fields, zone));
  const timeMs = existing(fields, 'utc');
  return timeMs === null ? null : absolute(timeMs - offsetOf(named));
}

/** `+02:00` in milliseconds; 0 for `z` and `utc`. */
function offsetOf(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * UNIT_MS.h + Number(match[3]) * UNIT_MS.m);
}

type WallFields = readonly [year: number, month: number, day: number, ...clock: number[]];

const numbers = (texts: readonly (string | undefined)[]) => texts.map((text) => Number(text ?? 0));
const absolute = (timeMs: number | null): RangeEnd | null => (timeMs === null ? null : { kind: 'absolute', timeMs });

function wallTime([year, month, day, hours = 0, minutes = 0, seconds = 0, ms = 0]: WallFields, zone: TypedZone): number {
  const args = [year, month, day, hours, minutes, seconds, ms] as const;
  return zone === 'utc' ? Date.UTC(...args) : new Date(...args).getTime();
}

/** The moment of a wall clock, null for the 30th of February or 25:00. */
function existing(fields: WallFields, zone: TypedZone): number | null {
  const [, month, day, hours = 0, minutes = 0, seconds = 0] = fields;
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  const timeMs = wallTime(fields, zone);
  const [, isMonth, isDay] = dateOf(timeMs, zone);
  return isMonth === month && isDay === day ? timeMs : null;
}

/** Year, month from 0 and day that a zone's calendar shows. */
function dateOf(timeMs: number, zone: TypedZone): [number, number, number] {
  const date = new Date(timeMs);
  return zone === 'utc'
    ? [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
    : [date.getFullYear(), date.getMonth(), date.getDate()];
}

/** A moment as it is typed in a zone: `2026-11-24 13:00:05`, or with a T for a native field. */
export function typedMoment(timeMs: number, zone: TypedZone, separator: ' ' | 'T' = ' '): string {
  const offsetMs = zone === 'utc' ? 0 : -new Date(timeMs).getTimezoneOffset() * UNIT_MS.m;
  return new Date(Math.floor(timeMs / 1000) * 1000 + offsetMs).toISOString().slice(0, 19).replace('T', separator);
}

/** An end as a field shows it. */
export function typedEnd(end: RangeEnd, zone: TypedZone): string {
  return end.kind === 'relative' ? formatEnd(end) : typedMoment(end.timeMs, zone);
}

/** The moments that a range means now; the hour before its end where it begins at or after it. */
export function resolveRange({ from, to }: { from: RangeEnd; to: RangeEnd }, nowMs: number): TimeRange {
  const [fromMs, toMs] = [from, to].map((end) => (end.kind === 'absolute' ? end.timeMs : nowMs - end.beforeMs));
  const [begin = 0, end = nowMs] = [fromMs, toMs];
  return begin < end ? { fromMs: begin, toMs: end } : { fromMs: end - UNIT_MS.h, toMs: end };
}

/** A range that one click gives: until now. */
export interface RangePreset {
  label: string;
  name: string;
  lengthMs: number;
}

export const RANGE_PRESETS: readonly RangePreset[] = [
  { label: '15m', name: 'The last 15 minutes', lengthMs: 15 * UNIT_MS.m },
  { label: '1h', name: 'The last hour', lengthMs: UNIT_MS.h },
  { label: '6h', name: 'The last 6 hours', lengthMs: 6 * UNIT_MS.h },
  { label: '24h', name: 'The last 24 hours', lengthMs: DAY_MS },
  { label: '7d', name: 'The last 7 days', lengthMs: 7 * DAY_MS },
  { label: '30d', name: 'The last 30 days', lengthMs: 30 * DAY_MS },
];
