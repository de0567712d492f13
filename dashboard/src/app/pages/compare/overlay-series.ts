import { metricAt, type CompareReply } from '@perfwatch/contract';
import { pointAt, type TimeChartSpec, type TimePoint } from '../../charts/time-chart/time-series.ts';
import type { TimeRange } from '../../live/frame.ts';
import { parseChoice, pathOf } from '../../catalog/metric-choice.ts';
import type { Clock } from '../../format/clock.ts';
import type { ComparisonRow } from './comparison-rows.ts';

/** Both windows of one metric on one axis of offsets, in milliseconds since the start of each. */
export function overlaySpec(reply: CompareReply, { key, title, unit }: ComparisonRow): TimeChartSpec {
  const choice = parseChoice(key);
  const points = (series: CompareReply['series_1']): TimePoint[] =>
    series.map(({ offset_seconds: offset, data }) => {
      const mean = choice === null ? null : (metricAt(data, pathOf(choice, choice.instance)) ?? null);
      return [offset * 1000, mean, mean, mean];
    });
  return {
    label: `${title} in both windows, by the time since the start of each; the figures stand in the table below`,
    unit,
    series: [
      { key: 'before', title: 'Before', unit, colour: 'grey', dashed: true, points: points(reply.series_2) },
      { key: 'this', title: 'This period', unit, colour: 'blue', points: points(reply.series_1) },
    ],
  };
}

/** The value of a line at an offset: of the nearest point, unless that is further away than points are from each other. */
export function valueAtOffset(points: readonly TimePoint[], offsetMs: number): number | null {
  const distances = points.slice(1).map(([timeMs], index) => timeMs - (points[index]?.[0] ?? timeMs));
  const stepMs = distances.sort((a, b) => a - b)[distances.length >> 1] ?? Infinity;
  return pointAt(points, offsetMs, stepMs)?.[1] ?? null;
}

/** A range moved, and if need be shortened, so that nothing of it lies outside of the whole. */
export function withinWhole({ fromMs, toMs }: TimeRange, whole: TimeRange): TimeRange {
  const lengthMs = Math.min(toMs - fromMs, whole.toMs - whole.fromMs);
  const startMs = Math.min(Math.max(fromMs, whole.fromMs), whole.toMs - lengthMs);
  return { fromMs: startMs, toMs: startMs + lengthMs };
}

const OFFSET_UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** Time since a start, to the second: `0`, `+30 s`, `+1 min 30 s`, `+2 h 15 min`, `+3 d`. */
export function offsetText(offsetMs: number): string {
  let seconds = Math.round(offsetMs / 1000);
  if (seconds <= 0) return '0';
  const parts = OFFSET_UNITS.flatMap(([unit, length]) => {
    const count = Math.floor(seconds / length);
    seconds -= count * length;
    return count === 0 ? [] : [`${count} ${unit}`];
  });
  return `+${parts.join(' ')}`;
}

/** Shows milliseconds as offsets. */
export const OFFSET_CLOCK: Clock = {
  axis: offsetText,
  seconds: offsetText,
  moment: offsetText,
  date: offsetText,
  zone: 'UTC',
};
