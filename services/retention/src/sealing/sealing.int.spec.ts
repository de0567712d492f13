import { createLogger } from '@perfwatch/service-kit';
import { listPartitions, openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { naiveRollUps } from '../../test/naive-roll-ups.ts';
import { sealEverything } from '../../test/seal-everything.ts';
import {
  byKey,
  emptyDatabase,
  readEverything,
  readRawSegments,
  readRollUps,
  storeSamples,
  type TestSample,
} from '../../test/test-samples.ts';
import { HOUR_MS, tryLockSeries } from '../series.ts';
import { dropSealedPartition } from './drop-partition.ts';
import { Sealer, type SealingDelays } from './sealer.ts';

const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
/** Ten o'clock of some day; the tests' now is two hours later. */
const BASE_MS = Date.UTC(2026, 10, 20, 10);
const NOW_MS = BASE_MS + 3 * HOUR_MS;
const AT_ONCE: SealingDelays = { settleMs: 0, lateMs: 0, dropMs: 0 };

describe('sealing', () => {
  let postgres: TestServer;
  let store: Store;
  let replica: Store;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    [store, replica] = await Promise.all([openStore({ url: postgres.url, log }), openStore({ url: postgres.url, log })]);
  });
  afterAll(async () => {
    await Promise.all([store.close(), replica.close()]);
    await postgres.dispose();
  });
  beforeEach(() => emptyDatabase(store));
  afterEach(() => emptyDatabase(store));

  const sealer = (on = store, delays = AT_ONCE) => new Sealer({ store: on, log, delays, signal: new AbortController().signal });
  const sampleAt = (seconds: number, { host = 'web-1', collector = 'cpu', ...rest }: Partial<TestSample> = {}): TestSample => ({
    host,
    collector,
    tsMs: BASE_MS + seconds * 1000,
    metrics: { usage_percent: seconds % 100, temperature_celsius: null, core: { '0': { usage_percent: seconds / 8 } } },
    ...rest,
  });
  const everySecond = (count: number, change: Partial<TestSample> = {}) =>
    Array.from({ length: count }, (_, second) => sampleAt(second, change));
  const segmentCount = async () => (await store.query('SELECT 1 FROM raw_segment')).length;
  const sealInPieces = (maxCells: number) => sealEverything(store, { nowMs: NOW_MS, maxCells });

  it('turns a closed hour into one segment and its roll-ups, and drops its partition', async () => {
    const samples = everySecond(3600);
    await storeSamples(store, samples);
    const counts = await sealer().round({ nowMs: NOW_MS });
    expect(counts).toMatchObject({ series: 1, samples: 3600, partitionsDropped: 1, isComplete: true });
    expect(await listPartitions(store)).toEqual(new Set());
    expect(await readEverything(store)).toEqual(byKey(samples));
    expect(await readRollUps(store)).toEqual(naiveRollUps(samples));
    expect(await store.query('SELECT start_ts, hour, end_ts, sample_count, number_count, kept_until FROM raw_segment')).toEqual([
      {
        start_ts: new Date(BASE_MS),
        hour: new Date(BASE_MS),
        end_ts: new Date(BASE_MS + 3599_000),
        sample_count: 3600,
        number_count: 7200,
        kept_until: null,
      },
    ]);
    const [first] = await readRawSegments(store);
    expect(first?.sample).toMatchObject({
      run: 'run1',
      seq: BASE_MS / 1000,
      intervalMs: 1000,
      elapsedMs: 1000.25,
      status: 'ok',
      reason: null,
    });
  });

  it('leaves the hour that goes on alone, and the one that has just ended', async () => {
    await storeSamples(store, everySecond(10));
    const delays = { ...AT_ONCE, settleMs: 60_000 };
    expect(await sealer(store, delays).round({ nowMs: BASE_MS + HOUR_MS + 59_000 })).toMatchObject({ series: 0, partitionsDropped: 0 });
    expect(await sealer(store, delays).round({ nowMs: BASE_MS + HOUR_MS + 60_000 })).toMatchObject({ series: 1, partitionsDropped: 1 });
  });

  it('merges late rows into the hour, the first stored of a tick staying, whether or not the hour was dropped', async () => {
    const early = everySecond(600);
    await storeSamples(store, early);
    await sealInPieces(1_000_000);
    const late = [sampleAt(700), sampleAt(30, { metrics: { usage_percent: 99 } }), sampleAt(601.5)];
    await storeSamples(store, late);
    expect(await sealer().round({ nowMs: NOW_MS })).toMatchObject({ samples: 2, partitionsDropped: 1 });
    const again = [sampleAt(-0.5 + 3000), sampleAt(31, { metrics: { usage_percent: 98 } })];
    await storeSamples(store, again);
    expect(await sealer().round({ nowMs: NOW_MS })).toMatchObject({ samples: 1, partitionsDropped: 1 });
    const all = [...early, sampleAt(700), sampleAt(601.5), sampleAt(2999.5)];
    expect(await readEverything(store)).toEqual(byKey(all));
    expect(await readRollUps(store)).toEqual(naiveRollUps(all));
    expect(await segmentCount()).toBe(1);
  });

  it('writes anew only those segments of an hour that late rows touch', async () => {
    const samples = everySecond(300).filter((_, second) => second !== 150);
    await storeSamples(store, samples);
    await sealInPieces(300);
    const versions = () =>
      store.query<{ at: number; version: string }>('SELECT start_ts AS at, xmin::text AS version FROM raw_segment ORDER BY 1');
    const before = await versions();
    expect(before).toHaveLength(3);
    await storeSamples(store, [sampleAt(150)]);
    await sealInPieces(10_000);
    const after = await versions();
    expect(after.map(({ version }, index) => version === before[index]?.version)).toEqual([true, false, true]);
    expect(await readEverything(store)).toEqual(byKey([...samples, sampleAt(150)]));
    expect(await readRollUps(store)).toEqual(naiveRollUps([...samples, sampleAt(150)]));
  });

  it('changes nothing for rows that come after the raw Samples of their hour have expired', async () => {
    const early = everySecond(60);
    await storeSamples(store, early);
    await sealer().round({ nowMs: NOW_MS });
    await store.query('DELETE FROM raw_segment');
    const late = [sampleAt(60), sampleAt(61.5)];
    for (const sample of late) {
      await storeSamples(store, [sample]);
      await sealInPieces(1_000_000);
    }
    await storeSamples(store, early.slice(0, 10));
    expect(await sealer().round({ nowMs: NOW_MS })).toMatchObject({ samples: 0, late: 10 });
    expect(await readRollUps(store)).toEqual(naiveRollUps(early));
    await sealer().round({ nowMs: NOW_MS });
    expect(await segmentCount()).toBe(0);
    expect(await listPartitions(store)).toEqual(new Set());
  });

  it('leaves what is known of an expired hour without numbers as it is', async () => {
    const early = [sampleAt(0, { metrics: { usage_percent: null } })];
    await storeSamples(store, early);
    await sealer().round({ nowMs: NOW_MS });
    await store.query('DELETE FROM raw_segment');
    await storeSamples(store, [sampleAt(60)]);
    expect(await sealer().round({ nowMs: NOW_MS })).toMatchObject({ samples: 0, late: 1 });
    expect(await readRollUps(store)).toEqual(naiveRollUps(early));
  });

  it('counts as too late only what had not been sealed before its hour expired', async () => {
    await storeSamples(store, everySecond(60));
    await sealInPieces(1_000_000);
    await store.query('DELETE FROM raw_segment');
    await storeSamples(store, [sampleAt(60), sampleAt(61)]);
    expect(await sealer().round({ nowMs: NOW_MS })).toMatchObject({ samples: 0, late: 2, partitionsDropped: 1 });
  });

  it('does not make minutes that would look like all of an hour of which only the hour is kept', async () => {
    const early = everySecond(60);
    await storeSamples(store, early);
    await sealer().round({ nowMs: NOW_MS });
    await store.query(`DELETE FROM raw_segment`);
    await store.query(`DELETE FROM rollup_segment WHERE resolution = '1m'`);
    await storeSamples(store, [sampleAt(70)]);
    await sealer().round({ nowMs: NOW_MS });
    const expected = [...naiveRollUps(early)].filter(([key]) => key.includes(' 1h '));
    expect(await readRollUps(store)).toEqual(new Map(expected));
  });

  it('keeps what was restored from the archive for as long as it was to be, late rows included', async () => {
    await storeSamples(store, everySecond(60));
    await sealer().round({ nowMs: NOW_MS });
    const keptUntil = new Date(Date.now() + 86_400_000);
    await store.query('UPDATE raw_segment SET kept_until = $1', [keptUntil]);
    await storeSamples(store, [sampleAt(90)]);
    await sealer().round({ nowMs: NOW_MS });
    expect(await store.query('SELECT kept_until, sample_count FROM raw_segment')).toEqual([{ kept_until: keptUntil, sample_count: 61 }]);
  });

  it('leaves a collector to the replica that is at it, and drops nothing meanwhile', async () => {
    await storeSamples(store, everySecond(10));
    await replica.transaction(async (connection) => {
      expect(await tryLockSeries(connection, { host: 'web-1', collector: 'cpu' })).toBe(true);
      expect(await sealer().round({ nowMs: NOW_MS })).toMatchObject({ series: 0, partitionsDropped: 0 });
    });
    expect(await sealer().round({ nowMs: NOW_MS })).toMatchObject({ series: 1, partitionsDropped: 1 });
  });

  it('does not wait for a query or an insert that goes on in the partition', async () => {
    await storeSamples(store, everySecond(10));
    await sealInPieces(1_000_000);
    for (const statement of [`SELECT count(*) FROM sample`, `INSERT INTO sample SELECT host, 'other', ts FROM sample LIMIT 0`]) {
      await replica.transaction(async (connection) => {
        await connection.query(statement.replace('ts FROM', "ts, NULL, 0, 0, 0, '', '', '{}' FROM"));
        const startedMs = performance.now();
        expect(await dropSealedPartition(store, { hourMs: BASE_MS, quietMs: 0 })).toBeNull();
        expect(performance.now() - startedMs).toBeLessThan(1000);
      });
    }
    expect(await dropSealedPartition(store, { hourMs: BASE_MS, quietMs: 60_000 })).toBeNull();
    expect(await dropSealedPartition(store, { hourMs: BASE_MS, quietMs: 0 })).not.toBeNull();
  });

  it('never drops a row that is in no segment', async () => {
    await storeSamples(store, everySecond(10));
    await sealInPieces(1_000_000);
    await storeSamples(store, [sampleAt(11)]);
    expect(await dropSealedPartition(store, { hourMs: BASE_MS, quietMs: 0 })).toBeNull();
  });

  it('drops empty partitions of hours that are over, and forgets sealings of those that somebody else dropped', async () => {
    await storeSamples(store, everySecond(10));
    await sealInPieces(1_000_000);
    await store.query('DROP TABLE sample_20261120_10');
    await store.query("CREATE TABLE sample_20261120_09 PARTITION OF sample FOR VALUES FROM ('2026-11-20T09:00Z') TO ('2026-11-20T10:00Z')");
    await sealer().round({ nowMs: NOW_MS });
    expect(await listPartitions(store)).toEqual(new Set());
    expect(await store.query('SELECT 1 FROM sealing')).toEqual([]);
  });

  it('says which collector cannot be sealed, and seals the others', async () => {
    await storeSamples(store, [...everySecond(10), ...everySecond(10, { host: 'web-2' })]);
    await sealInPieces(1_000_000);
    await store.query(`UPDATE raw_segment SET data = 'damaged' WHERE host = 'web-1'`);
    await storeSamples(store, [sampleAt(20), sampleAt(20, { host: 'web-2' })]);
    const own = sealer();
    expect(await own.round({ nowMs: NOW_MS })).toMatchObject({ series: 1, partitionsDropped: 0 });
    expect(own.fault).toMatch(/cpu of web-1, hour of 2026-11-20T10:00:00.000Z, could not be sealed: A stored segment cannot be read/);
    await store.query(`DELETE FROM raw_segment WHERE host = 'web-1'`);
    await store.query(`DELETE FROM rollup_segment WHERE host = 'web-1'`);
    await own.round({ nowMs: NOW_MS });
    expect(own.fault).toBeNull();
  });

  it('goes on where it was stopped', async () => {
    await storeSamples(store, [...everySecond(10), ...everySecond(10, { host: 'web-2' })]);
    let asked = 0;
    expect(await sealer().round({ nowMs: NOW_MS, mayGoOn: () => (asked += 1) === 1 })).toMatchObject({ series: 1, isComplete: false });
    expect(await sealer().round({ nowMs: NOW_MS })).toMatchObject({ series: 1, isComplete: true, partitionsDropped: 1 });
  });
});
