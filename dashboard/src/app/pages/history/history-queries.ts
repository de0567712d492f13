import type { HistorySelection } from '../../api/history-api.ts';
import { fieldOf } from '../../catalog/metric-choice.ts';
import type { TimeRange } from '../../live/frame.ts';
import type { HistoryState } from './history-state.ts';

/** Points of a line: about one for every pixel of a wide chart, and of a narrow one. */
const WIDE_POINTS = 1000;
const NARROW_POINTS = 600;
const NARROW_PIXELS = 700;
/** A fixed step or every sample may give more than fits: so many of them are asked for. */
const FIXED_POINTS = 10_000;

/** Most points of a line that are asked for, on a screen of that width in CSS pixels. */
export function pointLimit(step: HistoryState['step'], screenWidth: number): number {
  if (step !== 'auto') return FIXED_POINTS;
  return screenWidth < NARROW_PIXELS ? NARROW_POINTS : WIDE_POINTS;
}

export type HistoryQuery = HistorySelection & { limit: number };

/** What has to be asked for a state: one query for each collector, of all its chosen metrics on all hosts. */
export function queriesOf({ hosts, metrics, step }: HistoryState, range: TimeRange, limit: number): HistoryQuery[] {
  const fieldsOf = new Map<string, string[]>();
  for (const choice of metrics ?? []) fieldsOf.set(choice.collector, [...(fieldsOf.get(choice.collector) ?? []), fieldOf(choice)]);
  if (hosts.length === 0) return [];
  return [...fieldsOf].map(([collector, fields]) => ({
    collector,
    hosts,
    fields,
    interval: step,
    fromMs: Math.floor(range.fromMs),
    toMs: Math.ceil(range.toMs),
    limit,
  }));
}

const SHORTEST_REFRESH_MS = 2000;
const LONGEST_REFRESH_MS = 60_000;

/** How often a range that ends now is asked for again: as often as it has a new point, within reason. */
export function refreshMs({ fromMs, toMs }: TimeRange, limit: number): number {
  return Math.min(LONGEST_REFRESH_MS, Math.max(SHORTEST_REFRESH_MS, (toMs - fromMs) / limit));
}
