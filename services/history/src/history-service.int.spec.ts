import { catalogReplySchema, hostsReplySchema } from '@perfwatch/contract';
import type { RunningService } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealSamples } from '../test/sealed-samples.ts';
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
} from '../test/stored-samples.ts';

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

describe('the service history', () => {
  it('gives the Samples of the last seconds whole, oldest first', async () => {
    const nowMs = Math.floor(Date.now() / 1000) * 1000 - BASE_MS;
    const samples = [2000, 1000, 30_000].map((ago) => ({
      ms: nowMs - ago,
      metrics: { a_count: ago, core: { '0': { usage_percent: null } } },
    }));
    await insert(samples);
    await insert([{ ms: nowMs - 1000, metrics: {} }], { host: 'web-2', collector: 'memory' });
    const recent = await history.recent({ seconds: 10 });
    expect(recent.map(({ host, ts }) => [host, ts])).toEqual([
      ['web-1', at(nowMs - 2000)],
      ['web-1', at(nowMs - 1000)],
      ['web-2', at(nowMs - 1000)],
    ]);
    const rest = { run: 'run1', seq: 7, interval_ms: 1000, elapsed_ms: null, status: 'ok', reason: null };
    expect(recent[0]).toEqual({ host: 'web-1', collector: 'cpu', ts: at(nowMs - 2000), metrics: samples[0]?.metrics, ...rest });
    expect(await history.recent({ seconds: 10, collectors: ['memory'] })).toHaveLength(1);
    expect(await history.recent({ seconds: 10, hosts: [] })).toEqual([]);
    expect(await history.recent({ seconds: 60, hosts: ['web-1'] })).toHaveLength(3);
    await expect(history.recent({ seconds: Number.NaN })).rejects.toMatchObject({ code: 'bad_input' });
    await expect(history.recent({ seconds: 1, hosts: ['a\0'] })).rejects.toMatchObject({ code: 'bad_input' });
  });

  it('gives recent Samples that are sealed already too, each once', async () => {
    const nowMs = Math.floor(Date.now() / 1000) * 1000 - BASE_MS;
    const samples = [3000, 2000, 1000].map((ago) => ({ ms: nowMs - ago, metrics: { a_count: ago } }));
    await insert(samples.slice(1));
    await sealSamples(store, samples.slice(0, 2));
    const recent = await history.recent({ seconds: 60 });
    expect(recent.map(({ ts, metrics }) => [ts, metrics])).toEqual(samples.map(({ ms, metrics }) => [at(ms), metrics]));
    expect(new Set(recent.map(({ metrics: _, ts: __, ...rest }) => JSON.stringify(rest))).size, 'alike but for time and metrics').toBe(1);
    expect(await history.recent({ seconds: 60, collectors: ['memory'] })).toEqual([]);
  });

  it('gives the Sample that was stored first where two of one tick differ', async () => {
    const ms = Math.floor(Date.now() / 1000) * 1000 - BASE_MS - 1000;
    await insert([{ ms, metrics: { a_count: 2 } }]);
    await sealSamples(store, [{ ms, metrics: { a_count: 1 } }]);
    expect((await history.recent({ seconds: 60 })).map(({ metrics }) => metrics)).toEqual([{ a_count: 1 }]);
  });

  it('lists hosts with the state of their collectors, and what has history', async () => {
    await insert(everySecond(3));
    await insert(everySecond(2), { collector: 'memory' });
    await store.query(`INSERT INTO host (host, first_seen, inventory) VALUES ('db', now(), '{"host":"db","ts":"2026-11-23T19:20:31Z"}')`);
    const state = { status: 'ok', reason: null, interval_ms: 1000 };
    const web = {
      host: 'web-1',
      first_seen: at(0),
      last_sample: at(2000),
      inventory: null,
      collectors: [
        { collector: 'cpu', last_sample: at(2000), ...state },
        { collector: 'memory', last_sample: at(1000), ...state },
      ],
    };
    const { hosts } = hostsReplySchema.parse(await history.hosts({}));
    expect(hosts[0]).toMatchObject({ host: 'db', last_sample: null, collectors: [], inventory: { host: 'db' } });
    expect(hosts[1]).toEqual(web);
    expect(await history.host({ host: 'web-1' })).toEqual(web);
    await expect(history.host({ host: 'nobody' })).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('web-1') });
    expect(await history.types({})).toEqual({
      types: [
        { metric_type: 'cpu', hosts: ['web-1'] },
        { metric_type: 'memory', hosts: ['web-1'] },
      ],
    });
  });

  it('describes collectors, those without a catalog from their names', async () => {
    const core = { '10': { usage_percent: 1 }, '9': { usage_percent: 1 }, '2': { usage_percent: 1 } };
    await insert([{ ms: 0, metrics: { read_bytes_per_sec: 1, load_1m: 2, core } }], { collector: 'my_disk' });
    await insert([{ ms: 0, metrics: { usage_percent: 1, extra_count: 2 } }]);
    const catalog = {
      host: 'web-1',
      collector: 'cpu',
      ts: at(0),
      title: 'CPU',
      metrics: {
        usage_percent: { title: 'Busy', unit: 'percent', kind: 'rate' },
        core_count: { title: 'Cores', unit: 'count', kind: 'gauge' },
      },
    };
    await store.query(`INSERT INTO collector_catalog VALUES ('web-1', 'cpu', $1, now())`, [catalog]);
    const { collectors } = catalogReplySchema.parse(await history.catalog({}));
    expect(collectors).toEqual([
      {
        ...catalog,
        metrics: { ...catalog.metrics, extra_count: { title: 'Extra', unit: 'count', kind: 'gauge' } },
        dimensions: {},
        instances: {},
        status: 'ok',
        reason: null,
      },
      {
        host: 'web-1',
        collector: 'my_disk',
        ts: at(0),
        title: 'My disk',
        metrics: {
          load_1m: { title: 'Load 1m', unit: 'load', kind: 'gauge' },
          read_bytes_per_sec: { title: 'Read', unit: 'bytes_per_sec', kind: 'gauge' },
        },
        dimensions: { core: { title: 'Core', metrics: { usage_percent: { title: 'Usage', unit: 'percent', kind: 'gauge' } } } },
        instances: { core: ['2', '9', '10'] },
        status: 'ok',
        reason: null,
      },
    ]);
    expect(Object.keys(collectors[0]?.metrics ?? {}), 'in the order of the catalog').toEqual([
      'usage_percent',
      'core_count',
      'extra_count',
    ]);
    expect(await history.catalog({ host: 'web-1' })).toEqual({ collectors });
    await expect(history.catalog({ host: 'nobody' })).rejects.toMatchObject({ code: 'not_found' });
  });
});
