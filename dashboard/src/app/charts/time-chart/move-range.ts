import type { TimeRange } from '../../live/frame.ts';

/** What a range may be: no shorter than raw samples make sense of, no longer than anything is kept. */
const SHORTEST_MS = 2000;
const LONGEST_MS = 10 * 366 * 86_400_000;

/** Where in a range a moment lies: 0 at its begin, 1 at its end. */
export function shareOf(timeMs: number, { fromMs, toMs }: TimeRange): number {
  return (timeMs - fromMs) / (toMs - fromMs);
}

/** The moment at a share of a range. */
export function momentAt(share: number, { fromMs, toMs }: TimeRange): number {
  return fromMs + share * (toMs - fromMs);
}

/** The range made longer (`factor` above 1) or shorter, the moment `aroundMs` staying where it is. Whole milliseconds. */
export function zoomRange(range: TimeRange, factor: number, aroundMs: number): TimeRange {
  const lengthMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (range.toMs - range.fromMs) * factor));
  const fromMs = Math.round(aroundMs - shareOf(aroundMs, range) * lengthMs);
  return { fromMs, toMs: fromMs + Math.round(lengthMs) };
}

/** The range moved by a share of its length: to later moments above 0. */
export function panRange(range: TimeRange, share: number): TimeRange {
  const byMs = Math.trunc((range.toMs - range.fromMs) * share);
  return { fromMs: range.fromMs + byMs, toMs: range.toMs + byMs };
}

/** The range between two shares of another, in either order, made as long as a range must be. */
export function rangeBetween(range: TimeRange, [first, second]: readonly [number, number]): TimeRange {
  const fromMs = Math.round(momentAt(Math.min(first, second), range));
  const toMs = Math.round(momentAt(Math.max(first, second), range));
  return toMs - fromMs >= SHORTEST_MS ? { fromMs, toMs } : zoomRange({ fromMs, toMs: fromMs + SHORTEST_MS }, 1, fromMs);
}
