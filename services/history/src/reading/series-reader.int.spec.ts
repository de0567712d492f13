import { forEachMetric, formatMetricPath, intervalToMs, type HistoryQuery, type Metrics } from '@perfwatch/contract';
import type { RunningService } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { naiveBuckets, nearly } from '../../test/naive-buckets.ts';
import { expire, sealSamples } from '../../test/sealed-samples.ts';
import {
  at,
  BASE_MS,
  createPartitions,
  emptyTables,
  everySecond,
  insertSamples,
  log,
  startHistory,
  type TestSample,
} from '../../test/stored-samples.ts';
import { queryOneHost } from '../../test/whole-replies.ts';
import { BlockCache } from './block-cache.ts';
import { Deadline } from './deadline.ts';
import { SeriesReader, type BucketTable } from './series-reader.ts';
import { HOUR_MS, MINUTE_MS } from '../durations.ts';

const HOURS = [0, 1, 2, 3];

let postgres: TestServer;
let store: Store;
let history: RunningService<'history'>['actions'];

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openStore({ url: postgres.url, log });
  await createPartitions(store);
  history = await startHistory(store);
});
afterAll(async () => {
  await store.close();
  await postgres.dispose();
});
beforeEach(() => emptyTables(store));

const query = (change: Partial<HistoryQuery>) =>
  queryOneHost(history, { metric_type: 'cpu', start_time: at(0), end_time: at(4 * HOUR_MS), interval: 'auto', limit: 10_000, ...change });

const leaf = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null });
const metrics: fc.Arbitrary<Metrics> = fc.record(
  {
    a_count: leaf,
    b_ratio: leaf,
    core: fc.dictionary(fc.constantFrom('0', 'x,"y'), fc.dictionary(fc.constantFrom('usage_percent', 'freq_mhz'), leaf)),
  },
  { requiredKeys: [] },
);
/** Times that meet often, on the edges of minutes and hours too. */
const tick = fc.oneof(
  fc.integer({ min: 0, max: 4 * HOUR_MS - 1 }),
  fc.integer({ min: 0, max: 16 * 15 - 1 }).map((minute) => minute * MINUTE_MS),
);
const samples = fc.uniqueArray(fc.record({ ms: tick, metrics }), { selector: ({ ms }) => ms, minLength: 1, maxLength: 60 });

/**
 * Where the Samples of an hour are. 'late': sealed but for some that came afterwards;
 * 'both': sealed, and its rows are still there; 'overlap': late ones came before the others' rows were dropped.
 */
type Place = 'hot' | 'sealed' | 'both' | 'late' | 'overlap' | 'minutes' | 'hours';
const hourOf = (ms: number) => Math.floor(ms / HOUR_MS);

async function place(stored: readonly TestSample[], places: readonly Place[]): Promise<void> {
  await emptyTables(store);
  for (const hour of HOURS) {
    const ofHour = stored.filter(({ ms }) => hourOf(ms) === hour);
    const where = places[hour] ?? 'hot';
    const isLate = (_: unknown, index: number) => (where === 'late' || where === 'overlap') && index % 3 === 0;
    const hot = where === 'hot' || where === 'both' || where === 'overlap' ? ofHour : ofHour.filter(isLate);
    const sealed = where === 'hot' ? [] : ofHour.filter((sample, index) => !isLate(sample, index));
    await insertSamples(store, hot);
    if (hot.length === 0) await insertSamples(store, []);
    await sealSamples(store, sealed, { perSegment: 7 });
    if (where === 'minutes' || where === 'hours') await expire(store, 'raw', [hour * HOUR_MS]);
    if (where === 'hours') await expire(store, '1m', [hour * HOUR_MS]);
  }
}

const within = (stored: readonly TestSample[], [from, to]: readonly [number, number]) => stored.filter(({ ms }) => ms >= from && ms < to);
const edges = (step: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: (4 * HOUR_MS) / step - 1 }), fc.integer({ min: 1, max: (4 * HOUR_MS) / step }))
    .map(([from, length]) => [from * step, Math.min(4 * HOUR_MS, (from + length) * step)] as const);

async function expectNaive(stored: readonly TestSample[], { range, interval }: { range: readonly [number, number]; interval: string }) {
  const reply = await query({ interval, agg: ['avg', 'min', 'max'], start_time: at(range[0]), end_time: at(range[1]) });
  expect(reply.data_points).toEqual(nearly(naiveBuckets(within(stored, range), intervalToMs(interval) ?? 0)));
}

describe('a series read from hot rows, segments and roll-ups', () => {
  it('gives what a naive computation over all Samples gives, for any range and step', async () => {
    const places = fc.tuple(...HOURS.map(() => fc.constantFrom<Place>('hot', 'sealed', 'both', 'late', 'overlap')));
    const intervals = fc.constantFrom('250ms', '7s', '1m', '5m', '13m', '1h', '2h', '1d');
    await fc.assert(
      fc.asyncProperty(samples, places, edges(1), intervals, async (stored, where, range, interval) => {
        await place(stored, where);
        await expectNaive(stored, { range, interval });
        const { data_points } = await query({ interval: 'raw', start_time: at(range[0]), end_time: at(range[1]) });
        const expected = within(stored, range).sort((a, b) => a.ms - b.ms);
        expect(data_points.map(({ timestamp }) => timestamp)).toEqual(expected.map(({ ms }) => at(ms)));
        expect(data_points.map(({ data }) => leavesOf(data as Metrics))).toEqual(expected.map((sample) => leavesOf(sample.metrics)));
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same where raw Samples are gone, for whole minutes; and for whole hours where minutes are gone too', async () => {
    const cases = fc.oneof(
      fc.tuple(
        fc.constantFrom<Place[]>(['hot', 'sealed', 'overlap', 'minutes']),
        edges(MINUTE_MS),
        fc.constantFrom('1m', '5m', '13m', '1h', '2h'),
      ),
      fc.tuple(
        fc.constantFrom<Place[]>(['hot', 'sealed', 'overlap', 'minutes', 'hours']),
        edges(HOUR_MS),
        fc.constantFrom('1h', '2h', '1d'),
      ),
    );
    const choices = fc.tuple(...HOURS.map(() => fc.nat()));
    await fc.assert(
      fc.asyncProperty(samples, cases, choices, async (stored, [kinds, range, interval], chosen) => {
        await place(
          stored,
          chosen.map((choice) => kinds[choice % kinds.length] ?? 'hot'),
        );
        await expectNaive(stored, { range, interval });
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same in parts as at once', async () => {
    const stored = Array.from({ length: 500 }, (_, index) => ({
      ms: index * 20_011,
      metrics: { a_count: index, core: { '0': { b_count: -index } } },
    }));
    await place(stored, ['both', 'sealed', 'late', 'hot']);
    const reader = new SeriesReader({ connection: store, cache: new BlockCache(), deadline: new Deadline() });
    const range = { host: 'web-1', collector: 'cpu', startMs: BASE_MS + 1234, endMs: BASE_MS + 4 * HOUR_MS };
    for (const stepMs of [7000, 5 * MINUTE_MS, HOUR_MS]) {
      const whole = await reader.buckets(range, { stepMs, patterns: null });
      for (const bound of [{ maxBuckets: 3 }, { maxCells: 10 }]) {
        const [starts, sums]: [number[], number[]] = [[], []];
        for (let { startMs } = range; startMs < range.endMs;) {
          const part = await reader.buckets({ ...range, startMs }, { stepMs, patterns: null, ...bound });
          starts.push(...part.starts);
          sums.push(...sumsOf(part));
          startMs = part.readToMs;
        }
        expect(starts).toEqual([...whole.starts]);
        expect(sums).toEqual(sumsOf(whole));
      }
    }
    const all = await reader.raw(range, { patterns: null, limit: 1000 });
    const times: number[] = [];
    for (let { startMs } = range; startMs < range.endMs;) {
      const part = await reader.raw({ ...range, startMs }, { patterns: null, limit: 1000, maxCells: 30 });
      times.push(...part.times);
      startMs = part.readToMs;
    }
    expect(times).toEqual([...all.times]);
    expect(times).toHaveLength(499);
  });

  it('says the coarsest resolution it read, and gives means by the minute or hour for Samples that are gone', async () => {
    const stored = Array.from({ length: 240 }, (_, minute) => ({ ms: minute * MINUTE_MS, metrics: { a_count: minute } }));
    await place(stored, ['hours', 'minutes', 'sealed', 'hot']);
    const reply = await query({ interval: 'raw' });
    expect(reply).toMatchObject({ interval: 'raw', resolution: '1h', count: 181 });
    expect(reply.data_points.slice(0, 2)).toEqual([
      { timestamp: at(0), data: { a_count: 29.5 } },
      { timestamp: at(HOUR_MS), data: { a_count: 60 } },
    ]);
    expect(await query({ start_time: at(HOUR_MS), interval: 'raw' })).toMatchObject({ resolution: '1m', count: 180 });
    expect(await query({ start_time: at(2 * HOUR_MS), interval: 'raw' })).toMatchObject({ resolution: 'raw', count: 120 });
    expect(await query({ interval: 'auto' }), 'no finer than what is kept').toMatchObject({ interval: '1h', resolution: '1h', count: 4 });
    expect(await query({ start_time: at(HOUR_MS), interval: 'auto' })).toMatchObject({ interval: '1m', resolution: '1m', count: 180 });
    expect(await query({ start_time: at(2 * HOUR_MS), interval: 'auto' })).toMatchObject({
      interval: 'raw',
      resolution: 'raw',
      count: 120,
    });
    const cut = await query({ interval: '1m', start_time: at(HOUR_MS + 1), end_time: at(HOUR_MS + 3 * MINUTE_MS + 1) });
    expect(
      cut.data_points.map(({ timestamp }) => timestamp),
      'buckets that begin within the range',
    ).toEqual([1, 2, 3].map((minute) => at(HOUR_MS + minute * MINUTE_MS)));
  });

  it('reads an hour that is sealed as it is from its segments, though its rows have not been dropped yet', async () => {
    const stored = everySecond(3600);
    await insertSamples(store, stored);
    await sealSamples(store, stored);
    const resolution = async () => {
      const reader = new SeriesReader({ connection: store, cache: new BlockCache(), deadline: new Deadline() });
      return (
        await reader.buckets(
          { host: 'web-1', collector: 'cpu', startMs: BASE_MS, endMs: BASE_MS + HOUR_MS },
          { stepMs: HOUR_MS, patterns: null },
        )
      ).resolution;
    };
    expect(await resolution()).toBe('raw');
    await store.query('INSERT INTO sealing (hour, host, collector, row_count) VALUES ($1, $2, $3, 3599)', [at(0), 'web-1', 'cpu']);
    expect(await resolution()).toBe('raw');
    await store.query('UPDATE sealing SET row_count = 3600');
    expect(await resolution()).toBe('1h');
  });

  it('is not coarser than what is kept where an hour begins after the end of the range', async () => {
    const stored = Array.from({ length: 180 }, (_, index) => ({
      ms: (index < 60 ? 50 : 80) * MINUTE_MS + index * 10_000,
      metrics: { a_count: index },
    }));
    await place(stored, ['sealed', 'sealed', 'hot', 'hot']);
    const until = (minute: number) => query({ start_time: at(50 * MINUTE_MS), end_time: at(minute * MINUTE_MS), interval: 'auto' });
    expect(await until(65)).toMatchObject({ interval: 'raw', resolution: 'raw', count: 60 });
    const nothing = await query({ start_time: at(HOUR_MS), end_time: at(65 * MINUTE_MS), interval: 'auto' });
    expect(nothing).toMatchObject({ interval: 'raw', resolution: 'raw', count: 0 });
  });
});

function sumsOf({ paths, stats }: BucketTable): number[] {
  return [...(stats[paths.findIndex(({ metric }) => metric === 'a_count')]?.sums ?? [])];
}

/** Empty dimensions hold no number. */
function leavesOf(data: Metrics): Record<string, number | null> {
  const leaves: Record<string, number | null> = {};
  // -0 is 0 in JSON.
  forEachMetric(data, (path, value) => (leaves[formatMetricPath(path)] = value === null ? null : value + 0));
  return leaves;
}
