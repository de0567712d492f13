import { randomBytes } from 'node:crypto';
import type { ExportQuery, HistoryQuery } from '@perfwatch/contract';
import type { RunningService } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expire, sealSamples } from '../../test/sealed-samples.ts';
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
import { exported, pagesOf, queryHosts, queryOneHost } from '../../test/whole-replies.ts';
import { HOUR_MS } from '../durations.ts';

let postgres: TestServer;
let store: Store;
let history: RunningService<'history'>['actions'];
let replica: RunningService<'history'>['actions'];

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openStore({ url: postgres.url, log });
  await createPartitions(store);
  history = await startHistory(store);
  replica = await startHistory(store);
});
afterAll(async () => {
  await store.close();
  await postgres.dispose();
});
beforeEach(() => emptyTables(store));

const asked = (change: Partial<HistoryQuery> = {}): HistoryQuery => ({
  ...{ metric_type: 'cpu', start_time: at(0), end_time: at(4 * HOUR_MS), interval: 'auto', limit: 1000 },
  ...change,
});
const file = (change: Partial<ExportQuery>): ExportQuery => ({
  ...{ metric_type: 'cpu', start_time: at(0), end_time: at(4 * HOUR_MS), interval: 'raw', format: 'csv' },
  ...change,
});
const annotate = (host: string | null, ms: number, endMs: number | null, title: string) =>
  store.query('INSERT INTO annotation (host, ts, end_ts, title) VALUES ($1, $2, $3, $4)', [
    host,
    at(ms),
    endMs === null ? null : at(endMs),
    title,
  ]);

/** Every metric of every core of a large machine. */
const coresOf = (count: number, value: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, core) => [
      String(core),
      Object.fromEntries(Array.from({ length: 11 }, (__, index) => [`share${index}_percent`, value + index / 1024])),
    ]),
  );

const tenMetrics = (value: number) =>
  Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`share${index}_percent`, value + index]));

describe('a reply for several hosts', () => {
  it('has a series of each in the order asked for, empty for one without the collector', async () => {
    await insertSamples(store, everySecond(3), { host: 'web-1' });
    await insertSamples(store, everySecond(2), { host: 'web-2' });
    await insertSamples(store, everySecond(2), { host: 'db', collector: 'disk' });
    const reply = await queryHosts(history, asked({ host: ['web-2,db', 'web-1', 'web-2'] }));
    expect(reply.hosts).toEqual(['web-2', 'db', 'web-1']);
    expect(reply.series.map(({ host, count }) => [host, count])).toEqual([
      ['web-2', 2],
      ['db', 0],
      ['web-1', 3],
    ]);
    expect(reply.series[2]?.data_points[2]).toEqual({ timestamp: at(2000), data: everySecond(3)[2]?.metrics });
    await expect(queryHosts(history, asked({ host: 'web-1,nobody' }))).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('There is no host "nobody"; there are db, web-1, web-2'),
    });
  });

  it('has the marks that overlap the range, oldest first, and those of all hosts', async () => {
    await insertSamples(store, everySecond(3));
    await annotate('web-1', 2000, null, 'deploy');
    await annotate('web-1', -5000, 1000, 'test');
    await annotate(null, 1000, null, 'power');
    await annotate('web-2', 1000, null, 'elsewhere');
    await annotate('web-1', -5000, -1000, 'before');
    await annotate('web-1', 4 * HOUR_MS, null, 'after');
    const { annotations } = await queryOneHost(history, asked());
    expect(annotations.map(({ title }) => title)).toEqual(['test', 'power', 'deploy']);
    expect(annotations[0]).toMatchObject({ host: 'web-1', ts: at(-5000), end_ts: at(1000), text: null, tags: [] });
    const found = await history.annotations({ host: 'web-1', limit: 2 });
    expect(found.annotations.map(({ title }) => title)).toEqual(['deploy', 'after']);
  });

  it('takes a thousand long marks over several pages', async () => {
    await insertSamples(store, everySecond(1));
    await store.query(
      `INSERT INTO annotation (host, ts, title, text) SELECT 'web-1', $1::timestamptz + n * interval '1 microsecond', n::text, repeat('ä"', 2000)
         FROM generate_series(1, 1100) n`,
      [at(0)],
    );
    const { annotations, count } = await queryOneHost(history, asked());
    expect(count).toBe(1);
    expect(new Set(annotations.map(({ title }) => title)).size).toBe(1000);
  });
});

describe('a long reply', () => {
  const long = everySecond(3000).map(({ ms, metrics }): TestSample => ({ ms, metrics: { ...metrics, cpu: coresOf(6, ms) } }));

  it('comes in pages that any replica goes on with', async () => {
    await insertSamples(store, long);
    const query = asked({ interval: 'raw', limit: 3000 });
    let turn = 0;
    const pages = await pagesOf((cursor) => (turn++ % 2 === 0 ? history : replica).query({ ...query, cursor }));
    expect(pages.length).toBeGreaterThan(3);
    expect(JSON.parse(pages.join(''))).toMatchObject({ count: 3000, truncated: false });
    expect(pages.join('')).toBe((await pagesOf((cursor) => history.query({ ...query, cursor }))).join(''));
  });

  it('is cut within a point where a machine has more numbers than a page holds', async () => {
    const metrics = { a_count: 1, core: coresOf(1500, 0) };
    await insertSamples(
      store,
      [0, 1000].map((ms) => ({ ms, metrics })),
    );
    const reply = await queryOneHost(history, asked({ interval: '1m', agg: ['avg', 'max'] }));
    expect(reply.data_points).toEqual([{ timestamp: at(0), data: { avg: metrics, max: metrics } }]);
    const ndjson = await exported(history, file({ format: 'ndjson' }));
    expect(
      ndjson
        .split('\n')
        .filter(Boolean)
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([0, 1000].map((ms) => ({ timestamp: at(ms), host: 'web-1', data: { a_count: 1, core: metrics.core } })));
  });

  it('goes on with no cursor but its own', async () => {
    await insertSamples(store, long);
    const query = asked({ interval: 'raw', limit: 3000 });
    const { next } = await history.query(query);
    if (next === null) throw new Error('it has one page');
    for (const cursor of ['', 'nonsense', next.slice(0, -9), 'A'.repeat(100_000)]) {
      await expect(history.query({ ...query, cursor }), cursor).rejects.toMatchObject({ code: 'bad_input', issues: [{ path: 'cursor' }] });
    }
    await expect(history.query({ ...query, limit: 2000, cursor: next })).rejects.toMatchObject({
      code: 'bad_input',
      message: expect.stringContaining('belongs to another query'),
    });
  });
});

describe('history.export', () => {
  const samples: TestSample[] = [
    { ms: 0, metrics: { a_count: 1.5, b_count: null, mount: { '/a,"b"': { used_percent: 2 } } } },
    { ms: HOUR_MS, metrics: { a_count: -2, new_count: 7 } },
  ];

  it('writes CSV with every path that has a number as a column, hot and sealed', async () => {
    await insertSamples(store, samples.slice(1));
    await sealSamples(store, samples.slice(0, 1));
    expect(await exported(history, file({}))).toBe(
      ['timestamp,a_count,new_count,"mount.used_percent{mount=""/a,\\""b\\""""}"', `${at(0)},1.5,,2`, `${at(HOUR_MS)},-2,7,`, ''].join(
        '\r\n',
      ),
    );
    expect(await exported(history, file({ interval: '1h', fields: 'a_count', agg: ['avg', 'max'] }))).toBe(
      `timestamp,avg(a_count),max(a_count)\r\n${at(0)},1.5,1.5\r\n${at(HOUR_MS)},-2,-2\r\n`,
    );
  });

  it('names the host where there are several, and in NDJSON always', async () => {
    await insertSamples(store, samples.slice(0, 1));
    await insertSamples(store, samples.slice(1), { host: 'web-2' });
    const csv = await exported(history, file({ host: 'web-1,web-2', fields: 'a_count' }));
    expect(csv).toBe(`timestamp,host,a_count\r\n${at(0)},web-1,1.5\r\n${at(HOUR_MS)},web-2,-2\r\n`);
    const ndjson = await exported(history, file({ host: 'web-2', format: 'ndjson' }));
    expect(ndjson).toBe(`{"timestamp":"${at(HOUR_MS)}","host":"web-2","data":{"a_count":-2,"new_count":7}}\n`);
  });

  it('gives means where Samples are gone, and nothing but the first line for an empty range', async () => {
    await insertSamples(store, []);
    await sealSamples(store, everySecond(120));
    await expire(store, 'raw', [0]);
    expect(await exported(history, file({ fields: 'usage_percent' }))).toBe(
      `timestamp,usage_percent\r\n${at(0)},29.5\r\n${at(60_000)},89.5\r\n`,
    );
    expect(await exported(history, file({ start_time: '2001-01-01T00:00:00Z', end_time: '2001-01-02T00:00:00Z' }))).toBe('timestamp\r\n');
  });

  it('writes as many columns as a spreadsheet takes, each page with what the next one has to know', async () => {
    const names = Array.from({ length: 1638 }, () => randomBytes(72).toString('base64url'));
    await insertSamples(store, [{ ms: 0, metrics: { a_count: 0 } }]);
    await sealSamples(store, [
      { ms: 1000, metrics: { disk: Object.fromEntries(names.map((name) => [name, { share0_percent: 0 }])) } },
      { ms: 2000, metrics: { disk: Object.fromEntries(names.map((name, index) => [name, tenMetrics(index / 3)])) } },
      { ms: 3000, metrics: { disk: Object.fromEntries(names.map((name, index) => [name, tenMetrics(-index / 7)])) } },
    ]);
    const csv = await exported(history, file({}));
    const lines = csv.split('\r\n').map((line) => line.split(','));
    expect(lines.map((line) => line.length)).toEqual([16_382, 16_382, 16_382, 16_382, 16_382, 1]);
    const name = names[7] ?? '';
    const column = lines[0]?.indexOf(`"disk.share3_percent{disk=""${name}""}"`) ?? -1;
    expect(lines.slice(2, 5).map((line) => line[column])).toEqual(['', String(7 / 3 + 3), String(3 - 1)]);
  });

  it('refuses at once columns whose names are too long to be told from page to page', async () => {
    const names = Array.from({ length: 16_000 }, () => randomBytes(33).toString('base64url'));
    await insertSamples(store, [{ ms: 0, metrics: { a_count: 0 } }]);
    await sealSamples(store, [{ ms: 1000, metrics: { process: Object.fromEntries(names.map((name) => [name, { cpu_percent: 1 }])) } }]);
    await expect(history.export(file({}))).rejects.toMatchObject({ code: 'bad_input', issues: [{ path: 'fields' }] });
    expect(await exported(history, file({ format: 'ndjson' }))).toContain(names[0]);
    expect(await exported(history, file({ fields: 'a_count' }))).toContain('timestamp,a_count');
  });

  it('leaves out what turns up after it has begun, and loses no row over its pages', async () => {
    const many = everySecond(40_000).map(({ ms, metrics }) => ({ ms: ms / 4, metrics }));
    await insertSamples(store, []);
    await sealSamples(store, many);
    const query = file({});
    const { text, next } = await history.export(query);
    expect(next).not.toBeNull();
    await insertSamples(store, [{ ms: 3 * HOUR_MS, metrics: { usage_percent: 1, late_count: 5 } }]);
    const rest = await pagesOf((cursor) => replica.export({ ...query, cursor: cursor ?? next ?? undefined }));
    const lines = (text + rest.join('')).split('\r\n');
    expect(lines[0]).toBe('timestamp,usage_percent,"core.usage_percent{core=""0""}"');
    expect(lines.slice(1, -1).map((line) => line.split(',')[0])).toEqual([...many.map(({ ms }) => at(ms)), at(3 * HOUR_MS)]);
    expect(lines.at(-2)).toBe(`${at(3 * HOUR_MS)},1,`);
  });
});
