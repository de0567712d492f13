import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsCoreOption } from 'echarts/core';
import type { Unit } from '@perfwatch/contract';
import type { TimeRange } from '../../live/frame.ts';
import { axisText } from '../../format/format.ts';
import type { ChartTheme } from '../../theme/chart-theme.ts';
import { axisScale, axisScaleAcross, type AxisScale } from '../axis-scale.ts';
import { bandShapes } from './band-shapes.ts';
import type { TimeChartSpec, TimePoint, TimeSeries } from './time-series.ts';
import type { TimeTick } from './time-ticks.ts';

/** Where the lines are within the chart, in CSS pixels from its edges. The same in all charts, so that moments are above each other. */
export const PLOT_INSET = { left: 76, right: 12, top: 8, bottom: 24 } as const;

const LINE_WIDTH = 1.5;
const DOT_RADIUS = 2;
/** Opacity of a band, as a share of that of filled areas. */
const BAND_FILL = 1 / 4;

/** What a chart is made of before there are data: to be set anew when lines come or go. */
export interface ChartShape {
  unit: Unit | null;
  lines: readonly Pick<TimeSeries, 'key' | 'colour' | 'dashed'>[];
}

/** The parts of a chart that data do not change. */
export function shapeOf({ unit, series }: TimeChartSpec): ChartShape {
  return { unit, lines: series.map(({ key, colour, dashed }) => ({ key, colour, dashed: dashed ?? false })) };
}

/** Whether two shapes draw the same lines. */
export function isSameShape(a: ChartShape, b: ChartShape): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Everything of a chart that stays while data and range change. */
export function timeOptions({ unit, lines }: ChartShape, theme: ChartTheme): EChartsCoreOption {
  const label = { color: theme.faint, fontFamily: theme.font, fontSize: theme.labelSize };
  const bare = { axisLine: { show: false }, axisTick: { show: false } };
  return {
    animation: false,
    grid: { ...PLOT_INSET, outerBoundsMode: 'none' },
    textStyle: { fontFamily: theme.font },
    xAxis: { type: 'value', ...bare, splitLine: { show: false }, axisLabel: { ...label, hideOverlap: true } },
    yAxis: {
      type: 'value',
      ...bare,
      splitLine: { lineStyle: { color: theme.line, width: 1 } },
      axisLabel: { ...label, formatter: (value: number) => axisText(value, unit), hideOverlap: true, margin: 8 },
    },
    series: [...lines.map(({ key }) => bandSeries(key)), ...lines.map((line) => lineSeries(line, theme))],
  };
}

function bandSeries(key: string) {
  return { id: `band ${key}`, type: 'custom', silent: true, animation: false, z: 1, data: [], renderItem: () => null };
}

function lineSeries({ key, colour, dashed }: ChartShape['lines'][number], theme: ChartTheme) {
  return {
    id: `line ${key}`,
    type: 'line',
    silent: true,
    z: 2,
    showSymbol: false,
    connectNulls: false,
    data: [],
    color: theme.series[colour],
    lineStyle: { width: LINE_WIDTH, color: theme.series[colour], type: dashed === true ? [5, 3] : 'solid' },
    emphasis: { disabled: true },
  };
}

export interface TimeFrame {
  range: TimeRange;
  /** Whether minima and maxima are drawn. */
  bands: boolean;
  ticks: readonly TimeTick[];
  tickText: (timeMs: number) => string;
  theme: ChartTheme;
}

/** Data, range and both axes, for `[merge]`. */
export function timeMerge(spec: TimeChartSpec, { range, bands, ticks, tickText, theme }: TimeFrame): EChartsCoreOption {
  const shown = spec.series.map((series) => ({ series, points: around(series.points, range) }));
  return {
    xAxis: { min: range.fromMs, max: range.toMs, axisLabel: { customValues: ticks.map(({ timeMs }) => timeMs), formatter: tickText } },
    yAxis: { min: 0, ...valueScale(shown.map(({ points }) => points).flat(), { unit: spec.unit, bands }) },
    series: [
      ...shown.map(({ series, points }) => ({
        id: `band ${series.key}`,
        data: points.length === 0 ? [] : [[range.fromMs, 0]],
        renderItem: bandRenderer(points, { colour: theme.series[series.colour], opacity: bands ? theme.fill * BAND_FILL : 0 }),
      })),
      ...shown.map(({ series, points }) => ({ id: `line ${series.key}`, data: points.map(([timeMs, mean]) => [timeMs, mean]) })),
    ],
  };
}

/** The points within a range and one on each side, so that lines run to the edges. */
function around(points: readonly TimePoint[], { fromMs, toMs }: TimeRange): readonly TimePoint[] {
  const first = points.findIndex(([timeMs]) => timeMs >= fromMs);
  if (first === -1) return points.slice(-1);
  const end = points.findIndex(([timeMs]) => timeMs > toMs);
  return points.slice(Math.max(0, first - 1), end === -1 ? undefined : end + 1);
}

/** The value axis that holds the points. Load and counts of a quiet machine get a whole 1, so that nothing is not drawn as much. */
export function valueScale(points: readonly TimePoint[], { unit, bands }: { unit: Unit | null; bands: boolean }): AxisScale {
  let [bottom, top] = [0, unit === 'load' || unit === 'count' ? 0.95 : 0];
  for (const [, mean, min, max] of points) {
    bottom = Math.min(bottom, (bands ? min : null) ?? mean ?? 0);
    top = Math.max(top, (bands ? max : null) ?? mean ?? 0);
  }
  return bottom < 0 ? axisScaleAcross({ bottom, top }, unit) : axisScale(top, unit);
}

/** Draws all bands of one line at once: as one item, thousands of points cost no more than their outline. */
function bandRenderer(points: readonly TimePoint[], { colour, opacity }: { colour: string; opacity: number }): CustomSeriesRenderItem {
  return (_, api) => {
    const { bands, dots } = bandShapes(points, (timeMs, value) => {
      const [x = 0, y = 0] = api.coord([timeMs, value]);
      return [x, y];
    });
    const polygons = opacity === 0 ? [] : bands;
    return {
      type: 'group',
      children: [
        ...polygons.map((outline) => ({ type: 'polygon' as const, shape: { points: outline }, style: { fill: colour, opacity } })),
        ...dots.map(([cx, cy]) => ({ type: 'circle' as const, shape: { cx, cy, r: DOT_RADIUS }, style: { fill: colour } })),
      ],
    };
  };
}
