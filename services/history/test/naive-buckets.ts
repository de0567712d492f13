import { forEachMetric, setMetricAt, type HistoryReply, type MetricPath } from '@perfwatch/contract';
import { expect } from 'vitest';
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

/** What equals these points but for digits that mean nothing: sums of doubles depend on their order, and means are rounded. */
export function nearly(points: Points): unknown {
  return nearlyAny(points);
}

function nearlyAny(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 8 - Math.ceil(Math.log10(Math.max(1, Math.abs(value)))));
  if (Array.isArray(value)) return value.map(nearlyAny);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, nearlyAny(entry)]));
}
