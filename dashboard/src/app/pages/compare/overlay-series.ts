import { metricAt, type CompareReply } from '@perfwatch/contract';
import type { TimeChartSpec, TimePoint } from '../../charts/time-chart/time-series.ts';
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

/** Time since a start: `+02:15`, with seconds where they are not 0: `+02:15:30`; hours go beyond 24. */
export function offsetText(offsetMs: number, hasSeconds = Math.round(offsetMs / 1000) % 60 !== 0): string {
  const seconds = Math.round(offsetMs / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, ...(hasSeconds ? [seconds % 60] : [])];
  return `+${parts.map((part) => String(part).padStart(2, '0')).join(':')}`;
}

/** Shows milliseconds as offsets. */
export const OFFSET_CLOCK: Clock = {
  axis: (offsetMs) => offsetText(offsetMs),
  seconds: (offsetMs) => offsetText(offsetMs, true),
  moment: (offsetMs) => offsetText(offsetMs, true),
  date: (offsetMs) => offsetText(offsetMs),
  zone: 'UTC',
};
