import type { Unit } from '@perfwatch/contract';
import type { TimeRange } from '../../live/frame.ts';
import type { SeriesColour } from '../../theme/chart-theme.ts';

/** A mean over some time, and the lowest and highest sample within; all three are the sample itself where it is raw. Null: a gap. */
export type TimePoint = readonly [timeMs: number, mean: number | null, min: number | null, max: number | null];

/** One line over time, in order of time. A point without a mean breaks it. */
export interface TimeSeries {
  /** Tells it from the others of its chart, whatever its data. */
  key: string;
  title: string;
  unit: Unit | null;
  colour: SeriesColour;
  dashed?: boolean;
  points: readonly TimePoint[];
}

/** What a chart shows: lines of one unit. */
export interface TimeChartSpec {
  /** What the chart is, for those who do not see it. */
  label: string;
  unit: Unit | null;
  series: readonly TimeSeries[];
}

/** A mark on the time axis: a moment, or a stretch where it has an end. */
export interface TimeMark {
  id: string;
  fromMs: number;
  toMs: number | null;
  title: string;
}

/** A range that was chosen on the chart; `isMoving` while the hand is still at it, so that nothing costly is begun. */
export interface ChosenRange extends TimeRange {
  isMoving: boolean;
}

/** The point that stands for a moment: the nearest within `withinMs`, or null. Gaps are points too. */
export function pointAt(points: readonly TimePoint[], timeMs: number, withinMs: number): TimePoint | null {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? Infinity) < timeMs) low = middle + 1;
    else high = middle;
  }
  let nearest: TimePoint | null = null;
  for (const point of [points[low - 1], points[low]]) {
    if (point === undefined || Math.abs(point[0] - timeMs) > withinMs) continue;
    if (nearest === null || Math.abs(point[0] - timeMs) < Math.abs(nearest[0] - timeMs)) nearest = point;
  }
  return nearest;
}
