import { RawSegmentBuilder, replaceBuckets, RollUp, RollUpBuilder, type Store, type StoredSample } from '@perfwatch/store';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/durations.ts';
import { BASE_MS, type TestSample } from './stored-samples.ts';

export interface TestSeries {
  host?: string;
  collector?: string;
}

/** A Sample as `insertSamples` stores it. */
function stored({ ms, metrics }: TestSample): StoredSample {
  return { tsMs: BASE_MS + ms, run: 'run1', seq: 7, intervalMs: 1000, elapsedMs: null, status: 'ok', reason: null, metrics };
}

/**
 * Puts Samples into segments and roll-ups, as retention does with all that an hour has. `perSegment`: most Samples in one.
 */
export async function sealSamples(
  store: Store,
  samples: readonly TestSample[],
  { host = 'web-1', collector = 'cpu', perSegment = Infinity }: TestSeries & { perSegment?: number } = {},
): Promise<void> {
  const sorted = samples.map(stored).sort((a, b) => a.tsMs - b.tsMs);
  for (const [hourMs, ofHour] of Map.groupBy(sorted, ({ tsMs }) => Math.floor(tsMs / HOUR_MS) * HOUR_MS)) {
    const key = [host, collector];
    await store.query('DELETE FROM raw_segment WHERE host = $1 AND collector = $2 AND hour = $3', [...key, new Date(hourMs)]);
    for (let from = 0; from < ofHour.length; from += perSegment)
      await insertRaw(store, { key, hourMs, samples: ofHour.slice(from, from + perSegment) });
    const minutes = new RollUpBuilder(MINUTE_MS);
    for (const { tsMs, metrics } of ofHour) minutes.add(tsMs, metrics);
    const byMinute = minutes.build();
    await putRollUp(store, { key, tier: '1m', startMs: hourMs, rollUp: byMinute });
    const hours = new RollUpBuilder(HOUR_MS);
    hours.addRollUp(byMinute);
    const dayMs = Math.floor(hourMs / DAY_MS) * DAY_MS;
    const before = await store.query<{ data: Buffer }>(
      `SELECT data FROM rollup_segment WHERE host = $1 AND collector = $2 AND resolution = '1h' AND start_ts = $3`,
      [...key, new Date(dayMs)],
    );
    const base = before[0] === undefined ? null : RollUp.open(before[0].data);
    const day = replaceBuckets(base, hours.build(), { startMs: hourMs, endMs: hourMs + HOUR_MS });
    await putRollUp(store, { key, tier: '1h', startMs: dayMs, rollUp: day });
  }
}

/** Drops a tier of the hours that begin then, milliseconds after BASE_MS. */
export async function expire(store: Store, tier: 'raw' | '1m', hours: readonly number[]): Promise<void> {
  const starts = hours.map((ms) => new Date(BASE_MS + ms).toISOString());
  if (tier === 'raw') await store.query('DELETE FROM raw_segment WHERE hour = ANY ($1::timestamptz[])', [starts]);
  else await store.query('DELETE FROM rollup_segment WHERE resolution = $2 AND start_ts = ANY ($1::timestamptz[])', [starts, tier]);
}

async function insertRaw(
  store: Store,
  { key, hourMs, samples }: { key: readonly string[]; hourMs: number; samples: readonly StoredSample[] },
): Promise<void> {
  const builder = new RawSegmentBuilder();
  for (const sample of samples) builder.add(sample);
  const { data, sampleCount, numberCount, firstMs, lastMs } = builder.build();
  await store.query(
    `INSERT INTO raw_segment (host, collector, start_ts, hour, end_ts, sample_count, number_count, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [...key, new Date(firstMs), new Date(hourMs), new Date(lastMs), sampleCount, numberCount, data],
  );
}

async function putRollUp(
  store: Store,
  { key, tier, startMs, rollUp }: { key: readonly string[]; tier: '1m' | '1h'; startMs: number; rollUp: RollUp },
): Promise<void> {
  const { data, numberCount } = rollUp.encode();
  await store.query(
    `INSERT INTO rollup_segment (host, collector, resolution, start_ts, number_count, data) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (host, collector, resolution, start_ts) DO UPDATE SET number_count = excluded.number_count, data = excluded.data`,
    [...key, tier, new Date(startMs), numberCount, data],
  );
}
