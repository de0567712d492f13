import { forEachMetric, setMetricAt, type HistoryReply, type MetricPath } from '@perfwatch/contract';
import { BASE_MS, type TestSample } from './stored-samples.ts';

type Points = HistoryReply['data_points'];

/** What history should answer, computed the obvious way. */
export function naiveBuckets(samples: readonly TestSample[], stepMs: number): Points {
  const buckets = Map.groupBy(samples, ({ ms }) => Math.floor((BASE_MS + ms) / stepMs) * stepMs);
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([startMs, members]) => {
      const numbers = new Map<string, number[]>();
      for (const { metrics } of members) {
        forEachMetric(metrics, (path, value) => {
          const key = JSON.stringify(path);
          if (value !== null) numbers.set(key, [...(numbers.get(key) ?? []), value]);
        });
      }
      const data = { avg: {}, min: {}, max: {} };
      for (const [key, values] of numbers) {
        const path = JSON.parse(key) as MetricPath;
        setMetricAt(data.avg, path, values.reduce((sum, value) => sum + value, 0) / values.length);
        setMetricAt(data.min, path, Math.min(...values));
        setMetricAt(data.max, path, Math.max(...values));
      }
      return { timestamp: new Date(startMs).toISOString(), data };
    });
}

/** Sums of doubles depend on their order in the last digits. */
export function rounded(points: Points): unknown {
  return JSON.parse(JSON.stringify(points, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(9)) + 0 : value)));
}
