import { forEachMetric } from '@perfwatch/contract';
import { HOUR_MS, iso, MINUTE_MS } from '../src/series.ts';
import { NOTHING, pathKey, type RolledUp, type TestSample } from './test-samples.ts';

/** What roll-ups should hold, computed the obvious way from all Samples. */
export function naiveRollUps(samples: readonly TestSample[]): RolledUp {
  const numbers = new Map<string, number[]>();
  const inTime = [...samples].sort((a, b) => a.tsMs - b.tsMs);
  for (const [resolution, stepMs] of [['1m', MINUTE_MS] as const, ['1h', HOUR_MS] as const]) {
    for (const { host, collector, tsMs, metrics } of inTime) {
      const bucket = `${host} ${collector} ${resolution} ${iso(Math.floor(tsMs / stepMs) * stepMs)} `;
      numbers.set(bucket, []);
      forEachMetric(metrics, (path, value) => {
        const key = bucket + JSON.stringify(pathKey(path));
        if (value !== null) numbers.set(key, [...(numbers.get(key) ?? []), value]);
      });
    }
  }
  const statistics = (values: readonly number[]) => ({
    sum: Number(values.reduce((sum, value) => sum + value, 0).toPrecision(9)),
    count: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  });
  return new Map([...numbers].map(([key, values]) => [key, values.length === 0 ? NOTHING : statistics(values)]));
}
