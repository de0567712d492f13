import { parseEnd, type TypedZone } from '../format/range-text.ts';

/** When a mark begins, and ends where it is a stretch, in milliseconds since the epoch; or what is wrong with a field. */
export type MarkTimes = { tsMs: number; endMs: number | null } | { fault: { field: 'time' | 'until'; text: string } };

const UNREAD = 'Write 2026-11-24 13:00:05, 13:00 or now';

/** The times typed for a mark. `until` is empty for a moment. */
export function markTimes({ time, until }: { time: string; until: string }, how: { zone: TypedZone; nowMs: number }): MarkTimes {
  const read = (text: string) => {
    const end = parseEnd(text, how);
    if (end === null) return null;
    return end.kind === 'absolute' ? end.timeMs : how.nowMs - end.beforeMs;
  };
  const tsMs = read(time);
  if (tsMs === null) return { fault: { field: 'time', text: UNREAD } };
  if (until.trim() === '') return { tsMs, endMs: null };
  const endMs = read(until);
  if (endMs === null) return { fault: { field: 'until', text: UNREAD } };
  return endMs < tsMs ? { fault: { field: 'until', text: 'This is before it begins' } } : { tsMs, endMs };
}
