import type { TimeRange } from '../../live/frame.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Distances that read well between the labels of a time axis. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 30, 90, 180, 365].map((days) => days * DAY_MS),
];
/** Room for a label in CSS pixels. */
const LABEL_WIDTH = 84;
/** Nearer to an end of the axis a label would be cut. */
const MARGIN_WIDTH = 26;

/** A moment with a label; `isDay` where a day begins, which is labelled by its date. */
export interface TimeTick {
  timeMs: number;
  isDay: boolean;
}

/** How far a zone is ahead of UTC at a moment. */
export type ZoneOffset = (timeMs: number) => number;

/** The offset of the zone that a clock shows: UTC's, or that of this browser. */
export function offsetOf(zone: string): ZoneOffset {
  return zone === 'UTC' ? () => 0 : (timeMs) => -new Date(timeMs).getTimezoneOffset() * MINUTE_MS;
}

/** Round moments of the zone within a range, as many as an axis of `width` CSS pixels has room for. */
export function timeTicks(range: TimeRange, { width, offset }: { width: number; offset: ZoneOffset }): TimeTick[] {
  const lengthMs = range.toMs - range.fromMs;
  if (!(lengthMs > 0) || width < 2 * LABEL_WIDTH) return [];
  const leastMs = (lengthMs * LABEL_WIDTH) / width;
  const stepMs = STEPS_MS.find((step) => step >= leastMs) ?? Math.ceil(leastMs / (365 * DAY_MS)) * 365 * DAY_MS;
  const marginMs = (lengthMs * MARGIN_WIDTH) / width;
  const ticks: TimeTick[] = [];
  const firstWallMs = Math.ceil((range.fromMs + marginMs + offset(range.fromMs)) / stepMs) * stepMs;
  for (let wallMs = firstWallMs; ; wallMs += stepMs) {
    // The offset at the moment itself: a day may have 23 or 25 hours.
    const timeMs = wallMs - offset(wallMs - offset(wallMs));
    if (timeMs > range.toMs - marginMs) return ticks;
    if (timeMs > (ticks.at(-1)?.timeMs ?? -Infinity)) ticks.push({ timeMs, isDay: wallMs % DAY_MS === 0 });
  }
}
