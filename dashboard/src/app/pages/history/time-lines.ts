import { intervalToMs, metricAt, type Metrics } from '@perfwatch/contract';
import type { HostHistory } from '../../api/history-api.ts';
import { pathOf, type MetricChoice } from '../../catalog/metric-choice.ts';
import type { TimePoint } from '../../charts/time-chart/time-series.ts';

/** Points further apart than this many steps have a gap between them. */
const GAP_STEPS = 2.5;
const RESOLUTION_MS = { raw: 0, '1m': 60_000, '1h': 3_600_000 } as const;

/** A number's past on one host: an instance's where the metric has instances. */
export interface TimeLine {
  choice: MetricChoice;
  host: string;
  instance: string | null;
  points: readonly TimePoint[];
  /** What one point stands for. */
  stepMs: number;
}

/** What one point of a reply stands for: its interval, or the usual distance where it is raw. At least what is stored. */
export function stepOf({ interval, resolution, data_points: points }: HostHistory): number {
  const intervalMs = intervalToMs(interval);
  const storedMs = RESOLUTION_MS[resolution];
  if (intervalMs !== null) return Math.max(intervalMs, storedMs);
  const times = points.map(({ timestamp }) => Date.parse(timestamp));
  const distances = times.slice(1).map((timeMs, index) => timeMs - (times[index] ?? timeMs));
  const median = distances.sort((a, b) => a - b)[distances.length >> 1];
  return Math.max(median ?? 1000, storedMs);
}

/** Points with a gap put in where some are missing: lines do not run over what was not measured. */
export function withGaps(points: readonly TimePoint[], stepMs: number): TimePoint[] {
  const result: TimePoint[] = [];
  let before: number | null = null;
  for (const point of points) {
    if (before !== null && point[0] - before > GAP_STEPS * stepMs) result.push([before + stepMs, null, null, null]);
    result.push(point);
    before = point[0];
  }
  return result;
}

/** The lines of a choice in a host's history: one, or one of each instance that was ever there. */
export function linesOf(history: HostHistory, choice: MetricChoice): TimeLine[] {
  const stepMs = stepOf(history);
  // A bucket's mean stands for all of it, so it is drawn at its middle.
  const shiftMs = history.interval === 'raw' && history.resolution === 'raw' ? 0 : stepMs / 2;
  const times = history.data_points.map(({ timestamp }) => Date.parse(timestamp) + shiftMs);
  return instancesOf(history, choice).flatMap((instance) => {
    const path = pathOf(choice, instance);
    const points = history.data_points.map(({ data }, index): TimePoint => {
      const at = (metrics: Metrics | undefined) => (metrics === undefined ? null : (metricAt(metrics, path) ?? null));
      return [times[index] ?? 0, at(data.avg), at(data.min), at(data.max)];
    });
    if (points.every(([, mean]) => mean === null)) return [];
    return [{ choice, host: history.host, instance, points: withGaps(points, stepMs), stepMs }];
  });
}

function instancesOf({ data_points: points }: HostHistory, { dimension, instance }: MetricChoice): (string | null)[] {
  if (dimension === null || instance !== null) return [instance];
  const instances = new Set<string>();
  for (const { data } of points) {
    const entry = data.avg?.[dimension];
    if (entry !== null && typeof entry === 'object') for (const name of Object.keys(entry)) instances.add(name);
  }
  return [...instances].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
}
