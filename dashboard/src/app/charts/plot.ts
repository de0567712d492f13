import type { Unit } from '@perfwatch/contract';
import type { FrameRow, TimeRange } from '../live/frame.ts';
import { axisScale, axisScaleAcross, axisScaleTo, type AxisScale } from './axis-scale.ts';
import type { ChartSpec } from './chart-spec.ts';

/** Distances from the edges of a chart to its plot, in CSS pixels. */
export interface Inset {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The distances below are for labels of this many CSS pixels. */
const USUAL_LABEL_SIZE = 11;
const MARGINS = { right: 10, top: 8, bottom: 22 } as const;
/** Room for the labels of the value axis: `100 %`, `1000 MiB`, `1000 MiB/s`. */
const LABEL_WIDTH = 54;
const LABEL_WIDTHS: Partial<Record<Unit, number>> = { bytes: 64, bytes_per_sec: 72 };

/** Room around the plot for labels of `labelSize` CSS pixels. */
export function plotInset(unit: Unit | null, labelSize: number): Inset {
  const scale = labelSize / USUAL_LABEL_SIZE;
  const left = (unit === null ? undefined : LABEL_WIDTHS[unit]) ?? LABEL_WIDTH;
  return { ...MARGINS, bottom: MARGINS.bottom * scale, left: left * scale };
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

/** The lines of a value axis, from its lowest end to its highest. */
export function valueTicks({ min = 0, max, interval }: AxisScale): number[] {
  const ticks: number[] = [];
  for (let step = 0; min + step * interval < max - interval / 1000; step++) ticks.push(min + step * interval);
  return [...ticks, max];
}

/** The highest and lowest point drawn in the first `seriesCount` columns, of the stack or of any line; never above or below 0. */
export function extentOf(
  rows: readonly FrameRow[],
  { series, stacked }: Pick<ChartSpec, 'series' | 'stacked'>,
): { bottom: number; top: number } {
  let [bottom, top] = [0, 0];
  for (const row of rows) {
    let height = 0;
    for (let column = 1; column <= series.length; column++) {
      const value = row[column] ?? 0;
      height = stacked ? height + Math.max(0, value) : value;
      if (height > top) top = height;
      if (height < bottom) bottom = height;
    }
  }
  return { bottom, top };
}

/** The axis of a chart; `total` is a known whole, where it ends. Load and counts of a quiet machine get a whole 1, so that nothing is not drawn as much. */
export function scaleOf(spec: ChartSpec, { rows, total }: { rows: readonly FrameRow[]; total: number | null }): AxisScale {
  if (total !== null && total > 0) return axisScaleTo(total, spec.unit);
  const { bottom, top } = extentOf(rows, spec);
  if (bottom < 0) return axisScaleAcross({ bottom, top }, spec.unit);
  return axisScale(spec.unit === 'load' || spec.unit === 'count' ? Math.max(top, 0.95) : top, spec.unit);
}

/** The row nearest to a moment that has a value; null where there is none within `reachMs` of it. */
export function nearestKnown(rows: readonly FrameRow[], timeMs: number, reachMs: number): FrameRow | null {
  let best: FrameRow | null = null;
  let least = reachMs;
  for (const row of rows) {
    const distance = Math.abs(row[0] - timeMs);
    if (distance > least || !row.some((value, column) => column > 0 && value !== null)) continue;
    least = distance;
    best = row;
  }
  return best;
}
