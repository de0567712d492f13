import { forEachMetric, formatMetricPath } from '@perfwatch/contract';
import { RollUp } from '@perfwatch/store';
import type { Client } from 'pg';
import { keyOf, type Series } from './soak-samples.ts';
import type { StoredSeries } from './soak-stored.ts';

const HOUR_MS = 3_600_000;
const hourOf = (tsMs: number): number => Math.floor(tsMs / HOUR_MS) * HOUR_MS;
const STEP_MS = { '1m': 60_000, '1h': HOUR_MS } as const;
/** Sums may be added up in another order. */
const SUM_TOLERANCE = 1e-9;

interface Bucket {
  sum: number;
  count: number;
  min: number;
  max: number;
  /** Of the numbers' magnitudes, which is what the error of a sum is measured by. */
  magnitude: number;
}

/** By start and path: `1m 1764115200000 queue_count`. A bucket whose numbers are all null is there with a count of 0. */
type Buckets = Map<string, Bucket>;

function addTo(buckets: Buckets, key: string, value: number | null): void {
  const bucket = buckets.get(key) ?? { sum: 0, count: 0, min: Infinity, max: -Infinity, magnitude: 0 };
  buckets.set(key, bucket);
  if (value === null) return;
  bucket.sum += value;
  bucket.count += 1;
  bucket.min = Math.min(bucket.min, value);
  bucket.max = Math.max(bucket.max, value);
  bucket.magnitude += Math.abs(value);
}

/** From the raw Samples of the hours that count. */
function recomputed({ ticks }: StoredSeries, isSealed: (hourMs: number) => boolean): Buckets {
  const buckets: Buckets = new Map();
  for (const [tsMs, { metrics }] of ticks) {
    if (!isSealed(hourOf(tsMs))) continue;
    forEachMetric(metrics, (path, value) => {
      for (const [resolution, stepMs] of Object.entries(STEP_MS)) {
        addTo(buckets, `${resolution} ${Math.floor(tsMs / stepMs) * stepMs} ${formatMetricPath(path)}`, value);
      }
    });
  }
  return new Map([...buckets].filter(([, { count }]) => count > 0));
}

async function rolledUp(client: Client, { host, collector }: Series, isSealed: (hourMs: number) => boolean): Promise<Buckets> {
  const { rows } = await client.query<{ resolution: keyof typeof STEP_MS; data: Buffer }>(
    'SELECT resolution, data FROM rollup_segment WHERE host = $1 AND collector = $2',
    [host, collector],
  );
  const buckets: Buckets = new Map();
  for (const { resolution, data } of rows) {
    const rollUp = RollUp.open(data);
    for (const [pathIndex, path] of rollUp.paths.entries()) {
      const { sums, counts, mins, maxs } = rollUp.stats(pathIndex);
      for (const [index, startMs] of rollUp.starts.entries()) {
        const [sum = NaN, count = NaN, min = NaN, max = NaN] = [sums[index], counts[index], mins[index], maxs[index]];
        if (count > 0 && isSealed(hourOf(startMs))) {
          const bucket = { sum: sum * rollUp.sumUnit, count, min, max, magnitude: 0 };
          buckets.set(`${resolution} ${startMs} ${formatMetricPath(path)}`, bucket);
        }
      }
    }
  }
  return buckets;
}

function isSame(stored: Bucket | undefined, expected: Bucket | undefined): boolean {
  if (stored === undefined || expected === undefined) return false;
  const isSumSame = Math.abs(stored.sum - expected.sum) <= SUM_TOLERANCE * expected.magnitude;
  return isSumSame && stored.count === expected.count && stored.min === expected.min && stored.max === expected.max;
}

export interface RollUpCheck {
  series: Series;
  stored: StoredSeries;
  /** Whether the roll-ups of an hour are to be right by now. */
  isSealed: (hourMs: number) => boolean;
}

/** Compares every figure of the roll-ups of sealed hours with a computation from the raw Samples; `differences` names those that are not the same. */
export async function checkRollUps(
  client: Client,
  { series, stored, isSealed }: RollUpCheck,
): Promise<{ compared: number; differences: string[] }> {
  const [expected, found] = [recomputed(stored, isSealed), await rolledUp(client, series, isSealed)];
  const keys = new Set([...expected.keys(), ...found.keys()]);
  const differences = [...keys].filter((key) => !isSame(found.get(key), expected.get(key)));
  const described = (key: string) => JSON.stringify({ stored: found.get(key), expected: expected.get(key) });
  return { compared: keys.size, differences: differences.map((key) => `${keyOf(series)} ${key}: ${described(key)}`) };
}
