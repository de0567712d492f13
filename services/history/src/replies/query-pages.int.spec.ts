import { formatMetricPath, intervalToMs, type Aggregate, type HistoryQuery } from '@perfwatch/contract';
import type { RunningService } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { naiveBuckets, nearly } from '../../test/naive-buckets.ts';
import { queryOneHost } from '../../test/whole-replies.ts';
import {
  at,
  createPartitions,
  emptyTables,
  everySecond,
  insertSamples,
  log,
  startHistory,
  type TestSample,
} from '../../test/stored-samples.ts';
import { HOUR_MS } from '../durations.ts';

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

const insert = (samples: readonly TestSample[], series: { host?: string; collector?: string } = {}) =>
  insertSamples(store, samples, series);

const query = (change: Partial<HistoryQuery> = {}) =>
  queryOneHost(history, { metric_type: 'cpu', start_time: at(0), end_time: at(4 * HOUR_MS), interval: 'auto', limit: 1000, ...change });

describe('history.query', () => {
  it('gives raw points where they fit, and the oldest of them where they do not', async () => {
    await insert(everySecond(100));
    expect(await query()).toMatchObject({ interval: 'raw', resolution: 'raw', count: 100, truncated: false, host: 'web-1' });
    const cut = await query({ interval: 'raw', limit: 10 });
    expect(cut).toMatchObject({ count: 10, truncated: true });
    expect(cut.data_points.at(-1)).toEqual({ timestamp: at(9000), data: everySecond(10).at(-1)?.metrics });
  });

  it('gives buckets aligned to the epoch, as fine as the limit allows', async () => {
    await insert(everySecond(100));
    const reply = await query({ limit: 20, agg: ['avg', 'min', 'max'] });
    expect(reply).toMatchObject({ interval: '5s', count: 20, truncated: false, agg: ['avg', 'min', 'max'] });
    expect(reply.data_points[1]).toEqual({
      timestamp: at(5000),
      data: {
        avg: { usage_percent: 7, core: { '0': { usage_percent: 3.5 } } },
        min: { usage_percent: 5, core: { '0': { usage_percent: 2.5 } } },
        max: { usage_percent: 9, core: { '0': { usage_percent: 4.5 } } },
      },
    });
  });

  it('leaves empty buckets out and says when buckets were cut off', async () => {
    await insert([0, 1, 60, 61, 7200].map((second) => ({ ms: second * 1000, metrics: { a_count: second } })));
    const reply = await query({ interval: '1m' });
    expect(reply.data_points).toEqual([
      { timestamp: at(0), data: { a_count: 0.5 } },
      { timestamp: at(60_000), data: { a_count: 60.5 } },
      { timestamp: at(7_200_000), data: { a_count: 7200 } },
    ]);
    expect(await query({ interval: '60s', limit: 2 })).toMatchObject({ interval: '1m', count: 2, truncated: true });
    expect(await query({ interval: '1m', limit: 3 })).toMatchObject({ count: 3, truncated: false });
  });

  it('reads only the fields asked for, odd instances included', async () => {
    const odd = 'a,b"}{\\';
    const metrics = { a_count: 1, b_count: null, mount: { [odd]: { used_percent: 2 }, '/': { used_percent: 3, free_bytes: 4 } } };
    await insert([{ ms: 0, metrics }]);
    const data = async (fields: string, interval = 'raw') => (await query({ fields, interval })).data_points[0]?.data;
    const path = formatMetricPath({ dimension: 'mount', instance: odd, metric: 'used_percent' });
    expect(await data(path)).toEqual({ mount: { [odd]: { used_percent: 2 } } });
    expect(await data(path, '1m')).toEqual({ mount: { [odd]: { used_percent: 2 } } });
    expect(await data('*_count')).toEqual({ a_count: 1, b_count: null });
    expect(await data('*_count', '1m')).toEqual({ a_count: 1 });
    expect(await data('cpu.mount.used*')).toEqual({ mount: { [odd]: { used_percent: 2 }, '/': { used_percent: 3 } } });
    expect(await data('*')).toEqual(metrics);
    expect(await data('nothing_count')).toEqual({});
  });

  it('is not confused by a name that is a metric here and a dimension there', async () => {
    await insert([
      { ms: 0, metrics: { disk_count: 5 } },
      { ms: 1000, metrics: { disk_count: { sda: { used_percent: 7 } } } },
    ]);
    expect((await query({ interval: '1m' })).data_points[0]?.data).toEqual({ disk_count: { sda: { used_percent: 7 } } });
    expect((await query({ fields: 'disk_count', interval: 'raw' })).data_points).toHaveLength(2);
  });

  it('averages numbers whose sum or square no double can hold', async () => {
    const metrics = [1.5e308, 1.5e308, 1e200].map((a_count, index) => ({ a_count, b_count: -1.5e308, c_count: index, d_count: 5e-324 }));
    await insert(metrics.map((numbers, second) => ({ ms: second * 1000, metrics: numbers })));
    const { data_points } = await query({ interval: '1m', agg: ['avg', 'max'] });
    expect(data_points).toEqual([
      {
        timestamp: at(0),
        data: {
          avg: { a_count: expect.closeTo(1e308, -300), b_count: -1.5e308, c_count: 1, d_count: expect.any(Number) },
          max: { a_count: 1.5e308, b_count: -1.5e308, c_count: 2, d_count: 5e-324 },
        },
      },
    ]);
  });

  it('reads every metric of every core of a machine with 1024 CPUs', async () => {
    const numbers = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`share${index}_percent`, index]));
    await insert([{ ms: 0, metrics: { core: Object.fromEntries(Array.from({ length: 1024 }, (_, core) => [String(core), numbers])) } }]);
    const { data_points } = await query({ interval: '1m', fields: 'core.*' });
    expect(data_points).toMatchObject([{ data: { core: { '0': numbers, '1023': numbers } } }]);
  });

  it('keeps instances and dimensions apart from what every object inherits', async () => {
    const metrics = { constructor: { toString: { a_count: 1 }, valueOf: { a_count: 2 } } };
    await insert([{ ms: 0, metrics }]);
    for (const interval of ['raw', '1m']) {
      expect((await query({ interval, fields: 'constructor.*' })).data_points).toEqual([{ timestamp: at(0), data: metrics }]);
    }
    const { collectors } = await history.catalog({});
    expect(collectors[0]?.dimensions).toEqual({
      constructor: { title: 'Constructor', metrics: { a_count: { title: 'A', unit: 'count', kind: 'gauge' } } },
    });
  });

  it('reads more columns than one statement can have', async () => {
    const core = Object.fromEntries(
      Array.from({ length: 700 }, (_, n) => [String(n), { usage_percent: n, frequency_mhz: 1, user_percent: null }]),
    );
    await insert([{ ms: 0, metrics: { core } }]);
    const [point] = (await query({ interval: '1m', agg: ['min', 'max'] })).data_points;
    const expected = Object.fromEntries(Object.keys(core).map((n) => [n, { usage_percent: Number(n), frequency_mhz: 1 }]));
    expect(point?.data).toEqual({ min: { core: expected }, max: { core: expected } });
    expect((await query({ fields: 'core', interval: 'raw' })).data_points[0]?.data).toEqual({ core });
  });

  it('names what there is when asked for what there is not', async () => {
    await expect(query()).rejects.toMatchObject({ code: 'not_found', message: 'No host has sent anything yet' });
    await insert(everySecond(1));
    await expect(query({ metric_type: 'gpu' })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('it has cpu'),
    });
    await expect(query({ host: 'db' })).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('there are web-1') });
    await insert(everySecond(1), { host: 'web-2' });
    await expect(query()).rejects.toMatchObject({ code: 'bad_input', message: expect.stringContaining('web-1, web-2') });
  });

  it.each<[string, Partial<HistoryQuery>]>([
    ['an unknown interval', { interval: 'often' }],
    ['an interval of nothing', { interval: '0s' }],
    ['an interval with SQL', { interval: "1m'; DROP TABLE sample" }],
    ['a huge limit', { limit: 1e9 }],
    ['a negative limit', { limit: -1 }],
    ['an unknown aggregate', { agg: ['median'] as unknown as Aggregate[] }],
    ['a range that ends before it starts', { start_time: at(1000), end_time: at(0) }],
    ['a time that is none', { start_time: 'yesterday' }],
    ['a day that is none', { start_time: '2026-02-31T00:00:00Z' }],
    ['a field with SQL', { fields: "a'); DROP TABLE sample; --" }],
    ['a field with NUL', { fields: 'a\0b' }],
    ['an instance with NUL', { fields: 'core.usage_percent{core="\0"}' }],
    ['a collector with a wildcard', { metric_type: '*' }],
    ['a host with NUL', { host: 'web-1\0' }],
  ])('refuses %s as bad input', async (_, change) => {
    await insert(everySecond(1));
    await expect(query(change)).rejects.toMatchObject({ code: 'bad_input' });
    expect(await query()).toMatchObject({ count: 1 });
  });

  it.each<[string, Partial<HistoryQuery>]>([
    ['the longest interval', { interval: '9999999d' }],
    ['all of time', { start_time: '0000-01-01T00:00:00Z', end_time: '9999-12-31T23:59:59Z' }],
    ['a range before there was anything', { start_time: '0001-01-01T00:00:00Z', end_time: '0002-01-01T00:00:00Z' }],
    ['one point of all of time', { start_time: '0000-01-01T00:00:00Z', limit: 1 }],
    ['an instance with SQL', { fields: `core.usage_percent{core="'; DROP TABLE sample; --"}` }],
  ])('answers %s', async (_, change) => {
    await insert(everySecond(5));
    expect((await query(change)).count).toBeLessThanOrEqual(5);
  });

  it('gives what a naive computation over all samples gives', async () => {
    const leaf = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null });
    const instance = fc.dictionary(fc.constantFrom('usage_percent', 'freq_mhz'), leaf);
    const metrics = fc.record(
      { a_count: leaf, b_ratio: leaf, core: fc.dictionary(fc.constantFrom('0', '1', 'x,"y'), instance) },
      { requiredKeys: [] },
    );
    const samples = fc.uniqueArray(fc.record({ ms: fc.integer({ min: 0, max: 4 * HOUR_MS - 1 }), metrics }), {
      selector: ({ ms }) => ms,
      minLength: 1,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(samples, fc.constantFrom('250ms', '7s', '1m', '13m', '1h', '1d'), async (stored, interval) => {
        await emptyTables(store);
        await insert(stored);
        const reply = await query({ interval, agg: ['avg', 'min', 'max'], limit: 10_000 });
        expect(reply.data_points).toEqual(nearly(naiveBuckets(stored, intervalToMs(interval) ?? 0)));
      }),
      { numRuns: 25 },
    );
  });
});
