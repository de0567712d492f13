import type { TimeRange } from '../../live/frame.ts';
import { pointAt, type TimePoint } from '../../charts/time-chart/time-series.ts';

/** What a legend says of a line. All null where nothing is known. */
export interface LegendFigures {
  mean: number | null;
  min: number | null;
  max: number | null;
}

const UNKNOWN: LegendFigures = { mean: null, min: null, max: null };

/** The figures of a line at a moment, or of all of a range where `atMs` is null. */
export function legendFigures(
  { points, stepMs }: { points: readonly TimePoint[]; stepMs: number },
  { range, atMs }: { range: TimeRange; atMs: number | null },
): LegendFigures {
  if (atMs !== null) {
    const [, mean, min, max] = pointAt(points, atMs, stepMs) ?? [atMs, null, null, null];
    return { mean, min, max };
  }
  let [sum, count, lowest, highest] = [0, 0, Infinity, -Infinity];
  for (const [timeMs, mean, min, max] of points) {
    if (mean === null || timeMs < range.fromMs || timeMs > range.toMs) continue;
    sum += mean;
    count += 1;
    lowest = Math.min(lowest, min ?? mean);
    highest = Math.max(highest, max ?? mean);
  }
  return count === 0 ? UNKNOWN : { mean: sum / count, min: lowest, max: highest };
}
