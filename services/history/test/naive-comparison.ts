import { forEachMetric, formatMetricPath, type CompareStatistics, type Metrics } from '@perfwatch/contract';
import { RollUpBuilder } from '@perfwatch/store';
import type { ComparedTable } from '../src/compare-metrics.ts';
import type { TimeRange } from '../src/time-range.ts';

/** What a collector said at a time. */
export interface TimedMetrics {
  tsMs: number;
  metrics: Metrics;
}

export const within = (samples: readonly TimedMetrics[], { startMs, endMs }: TimeRange) =>
  samples.filter(({ tsMs }) => startMs <= tsMs && tsMs < endMs);

/** The table that a reader gives for them. */
export function tableOf(samples: readonly TimedMetrics[], stepMs: number): ComparedTable {
  const builder = new RollUpBuilder(stepMs);
  for (const { tsMs, metrics } of samples) builder.add(tsMs, metrics);
  const rollUp = builder.build();
  const stats = rollUp.paths.map((_, index) => rollUp.stats(index));
  return { starts: rollUp.starts, paths: rollUp.paths, stats, sumUnit: rollUp.sumUnit };
}

/** Numbers by path and by step, in the order of time. */
export function naiveSteps(samples: readonly TimedMetrics[], stepMs: number): Map<string, Map<number, number[]>> {
  const paths = new Map<string, Map<number, number[]>>();
  for (const { tsMs, metrics } of samples.toSorted((a, b) => a.tsMs - b.tsMs)) {
    forEachMetric(metrics, (path, value) => {
      const steps = paths.get(formatMetricPath(path)) ?? new Map<number, number[]>();
      paths.set(formatMetricPath(path), steps);
      const step = Math.floor(tsMs / stepMs);
      if (value !== null) steps.set(step, [...(steps.get(step) ?? []), value]);
    });
  }
  return paths;
}

export const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** As `percentile_cont` has it: in words, walk that share of the way from the first to the last. */
function naivePercentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(position)] ?? NaN, sorted[Math.ceil(position)] ?? NaN];
  return low + (high - low) * (position % 1);
}

export function naiveStatistics(steps: ReadonlyMap<number, readonly number[]> | undefined): CompareStatistics {
  const values = [...(steps?.values() ?? [])].flat();
  if (values.length === 0) return { avg: null, min: null, max: null, p50: null, p95: null, count: 0 };
  const means = [...(steps?.values() ?? [])].map(meanOf);
  return {
    avg: meanOf(values),
    min: Math.min(...values),
    max: Math.max(...values),
    p50: naivePercentile(means, 0.5),
    p95: naivePercentile(means, 0.95),
    count: values.length,
  };
}
