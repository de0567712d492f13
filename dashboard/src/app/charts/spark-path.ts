import type { MetricValue } from '@perfwatch/contract';
import type { FrameRow, TimeRange } from '../live/frame.ts';

import { thinned, type Point } from './thinned.ts';

export interface SparkBox {
  width: number;
  height: number;
  range: TimeRange;
  /** The value at the top; null takes the highest of the rows. */
  top: number | null;
}

/** Room at the top and bottom for the line's own width. */
const MARGIN = 1.5;

/** The unbroken stretches of a sparkline, in pixels. A lone sample between gaps is a stretch of one. */
export function sparkStretches(rows: readonly FrameRow[], { width, height, range, top }: SparkBox): (readonly Point[])[] {
  const values = rows.map(([, value]) => value ?? null);
  const highest = top ?? Math.max(0, ...values.map((value) => value ?? 0)) * 1.1;
  const x = (timeMs: number) => ((timeMs - range.fromMs) / (range.toMs - range.fromMs)) * width;
  const y = (value: number) => height - MARGIN - (highest > 0 ? Math.min(1, Math.max(0, value / highest)) : 0) * (height - 2 * MARGIN);
  const stretches: Point[][] = [];
  let current: Point[] | null = null;
  rows.forEach(([timeMs], index) => {
    const value: MetricValue = values[index] ?? null;
    if (value === null) current = null;
    else if (current === null) stretches.push((current = [[x(timeMs), y(value)]]));
    else current.push([x(timeMs), y(value)]);
  });
  return stretches.map(thinned);
}
