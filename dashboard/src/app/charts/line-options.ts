import type { EChartsCoreOption } from 'echarts/core';
import type { MetricPath, Unit } from '@perfwatch/contract';
import { axisText, clockText } from '../format/format.ts';
import type { FrameRow, TimeRange } from '../live/frame.ts';
import type { ChartTheme, SeriesColour } from '../theme/chart-theme.ts';
import { axisScale, axisScaleAcross, axisScaleTo, type AxisScale } from './axis-scale.ts';

/** One line or layer of a chart. */
export interface ChartSeries {
  path: MetricPath;
  title: string;
  colour: SeriesColour;
  help?: string | null;
  /** Drawn faintly, as what is left over. */
  isRest?: boolean;
}

/** What a chart shows. `total` is a known whole, where the axis ends. */
export interface ChartSpec {
  collector: string;
  unit: Unit | null;
  series: readonly ChartSeries[];
  stacked: boolean;
  /** What the chart is, for those who do not see it. */
  label: string;
}

/** Distance of labels on the time axis, by the window's length. */
function timeStepMs({ fromMs, toMs }: TimeRange): number {
  const windowMs = toMs - fromMs;
  if (windowMs <= 60_000) return 15_000;
  if (windowMs <= 300_000) return 60_000;
  return windowMs <= 900_000 ? 180_000 : 600_000;
}

/** Round moments within a range, none so near its ends that its label would be cut. */
export function timeTicks(range: TimeRange): number[] {
  const stepMs = timeStepMs(range);
  const marginMs = (range.toMs - range.fromMs) / 40;
  const ticks: number[] = [];
  for (let timeMs = Math.ceil((range.fromMs + marginMs) / stepMs) * stepMs; timeMs <= range.toMs - marginMs; timeMs += stepMs)
    ticks.push(timeMs);
  return ticks;
}

const GRID = { right: 10, top: 8, bottom: 22, outerBoundsMode: 'none' } as const;
/** Room for the labels of the value axis: `100 %`, `1000 MiB/s`. */
const LABEL_WIDTH = 54;
const WIDE_LABEL_WIDTH = 72;

/** Everything of a chart that does not change from tick to tick. */
export function lineOptions(spec: ChartSpec, theme: ChartTheme): EChartsCoreOption {
  const label = { color: theme.faint, fontFamily: theme.font, fontSize: theme.labelSize };
  return {
    animation: false,
    grid: { ...GRID, left: spec.unit === 'bytes_per_sec' ? WIDE_LABEL_WIDTH : LABEL_WIDTH },
    textStyle: { fontFamily: theme.font },
    tooltip: {
      trigger: 'axis',
      confine: true,
      transitionDuration: 0,
      backgroundColor: 'transparent',
      borderWidth: 0,
      padding: 0,
      extraCssText: 'box-shadow:none',
      axisPointer: { type: 'line', snap: false, lineStyle: { color: theme.muted, type: [2, 3], width: 1 } },
    },
    xAxis: {
      type: 'value',
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { ...label, formatter: clockText, hideOverlap: true },
      axisPointer: { label: { show: false } },
    },
    yAxis: {
      type: 'value',
      min: 0,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: theme.line, width: 1 } },
      axisLabel: { ...label, formatter: (value: number) => axisText(value, spec.unit), hideOverlap: true, margin: 8 },
    },
    series: spec.series.map((_, index) => lineSeries(spec, index, theme)),
  };
}

/** A layer of a stack has no line: that of a layer of nothing would lie over its neighbour's edge. */
function lineSeries(spec: ChartSpec, index: number, theme: ChartTheme) {
  const series = spec.series[index];
  const colour = theme.series[series?.colour ?? 'grey'];
  const isRest = series?.isRest ?? false;
  const fillOpacity = isRest ? theme.fill / 8 : spec.stacked ? theme.fill : spec.series.length === 1 ? theme.fill / 5 : 0;
  return {
    type: 'line',
    name: series?.title,
    encode: { x: 0, y: index + 1 },
    showSymbol: false,
    connectNulls: false,
    silent: true,
    color: colour,
    lineStyle: { width: spec.stacked ? 0 : 1.5, color: colour },
    emphasis: { disabled: true },
    ...(spec.stacked ? { stack: 'all' } : {}),
    ...(fillOpacity > 0 ? { areaStyle: { color: colour, opacity: fillOpacity } } : {}),
  };
}

/** The highest point drawn: of the stack, or of any line. */
export function topOf(rows: readonly FrameRow[], isStacked: boolean): number {
  let top = 0;
  for (const [, ...values] of rows) {
    let height = 0;
    for (const value of values) height = isStacked ? height + Math.max(0, value ?? 0) : Math.max(height, value ?? 0);
    if (height > top) top = height;
  }
  return top;
}

/** The lowest point drawn, 0 where nothing is below it. Layers of a stack do not go below. */
function bottomOf(rows: readonly FrameRow[], isStacked: boolean): number {
  let bottom = 0;
  if (!isStacked) for (const [, ...values] of rows) for (const value of values) bottom = Math.min(bottom, value ?? 0);
  return bottom;
}

export interface LineFrame {
  rows: readonly FrameRow[];
  range: TimeRange;
  /** Where the axis ends, when the whole is known. */
  total: number | null;
}

/** The axis of a frame. Load and counts of a quiet machine get a whole 1, so that nothing is not drawn as much. */
export function scaleOf(spec: ChartSpec, { rows, total }: LineFrame): AxisScale {
  if (total !== null && total > 0) return axisScaleTo(total, spec.unit);
  const top = topOf(rows, spec.stacked);
  const bottom = bottomOf(rows, spec.stacked);
  if (bottom < 0) return axisScaleAcross({ bottom, top }, spec.unit);
  return axisScale(spec.unit === 'load' || spec.unit === 'count' ? Math.max(top, 0.95) : top, spec.unit);
}

/** What changes with a tick: rows and both axes. For `[merge]`. */
export function lineMerge(spec: ChartSpec, frame: LineFrame): EChartsCoreOption {
  return {
    dataset: { source: frame.rows, sourceHeader: false },
    xAxis: { min: frame.range.fromMs, max: frame.range.toMs, axisLabel: { customValues: timeTicks(frame.range) } },
    yAxis: { min: 0, ...scaleOf(spec, frame) },
  };
}
