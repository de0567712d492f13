import { openBus, type Bus } from '@perfwatch/bus';
import type { Sample } from '@perfwatch/contract';
import { createLogger, loadConfig } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { persistenceService } from './persistence-service.ts';

const WAIT_MS = 45_000;
const TABLES = 'sample, collector_state, collector_catalog, seen_name, host, annotation, rejected_message';
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const sequence = (count: number) => Array.from({ length: count }, (_, seq) => seq);
const until = (probe: () => Promise<boolean>) => vi.waitUntil(probe, { timeout: WAIT_MS, interval: 50 });
const unused = (): never => {
  throw new Error('persistence calls nobody');
};

describe('the service persistence', () => {
  const baseMs = Math.floor(Date.now() / 1000) * 1000 - 1_800_000;
  let nats: TestNats;
  let postgres: TestServer;
  let store: Store;
  let bus: Bus;
  let closing: (() => Promise<void>)[] = [];
  let run = 0;

  beforeAll(async () => {
    [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  });
  afterAll(() => Promise.all([nats.dispose(), postgres.dispose()]));
  beforeEach(async () => {
    // Another run each time: JetStream takes every Sample of a run once.
    run += 1;
    store = await openTestStore();
    bus = await openTestBus();
    await store.query(`TRUNCATE ${TABLES}`);
  });
  afterEach(async () => {
    for (const close of closing.reverse()) await close();
    closing = [];
  });

  const openTestStore = async () => {
    const opened = await openStore({ url: postgres.url, log });
    closing.push(() => opened.close());
    return opened;
  };
  const openTestBus = async () => {
    const opened = openBus({ servers: nats.url, name: 'test', log });
    closing.push(() => opened.close(0));
    await opened.connected(WAIT_MS);
    return opened;
  };
  /** On connections of its own, like a replica. */
  const startPersistence = async () => {
    const parts = { bus: await openTestBus(), store: await openTestStore(), log, config: loadConfig({}) };
    const service = await persistenceService.start({ ...parts, call: unused, broadcast: unused, clusterHealth: unused, cluster: unused });
    closing.push(() => service.stop());
    return { isUp: () => Promise.resolve(service.health?.().up === true) };
  };
  const sampleAt = (seq: number, change: Partial<Sample> = {}): Sample => ({
    host: 'web-1',
    collector: 'cpu',
    ts: new Date(baseMs + seq * 1000).toISOString(),
    run: `run${run}`,
    seq,
    interval_ms: 1000,
    elapsed_ms: 1000.25,
    status: 'ok',
    reason: null,
    metrics: { usage_percent: seq % 100, temperature_celsius: null, core: { '0': { usage_percent: 1.5 }, '1': { usage_percent: null } } },
    ...change,
  });
  const rows = <Row>(sql: string, parameters: unknown[] = []) => store.query<Row>(sql, parameters);
  const countOf = async (table: string) => (await rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`))[0]?.count ?? 0;
  const sampleCount = () => countOf('sample');
  const rejectedCount = () => countOf('rejected_message');
  const publish = (...samples: Sample[]) => samples.forEach((sample) => bus.publishSample(sample));
  /** Whatever it is, and as often as it is given. */
  const publishRaw = (subject: string, payload: unknown) => bus.publish(subject, payload);

  it('stores a Sample as it was published, in UTC', async () => {
    await startPersistence();
    const now = new Date(Math.floor(Date.now() / 1000) * 1000);
    const local = new Date(now.getTime() + 2 * 3_600_000).toISOString().replace('Z', '+02:00');
    publish(sampleAt(7, { ts: local }));
    await until(async () => (await sampleCount()) === 1);
    const [row] = await rows('SELECT * FROM sample');
    expect(row).toEqual({ ...sampleAt(7), ts: now, seq: '7' });
  });

  it('takes a Sample that says only what is required', async () => {
    await startPersistence();
    const { host, collector, ts } = sampleAt(0);
    publish({ host, collector, ts, metrics: {} });
    await until(async () => (await sampleCount()) === 1);
    expect(await rows('SELECT run, seq, status, metrics FROM sample')).toEqual([{ run: null, seq: null, status: null, metrics: {} }]);
    expect(await rows('SELECT status, reason FROM collector_state')).toEqual([{ status: 'ok', reason: null }]);
  });

  it('keeps the first of two Samples of one tick, in one batch or later', async () => {
    await startPersistence();
    publish(sampleAt(0));
    await until(async () => (await sampleCount()) === 1);
    const subject = 'perfwatch.v1.metrics.web-1.cpu';
    for (const metrics of [{ a_count: 1 }, {}]) publishRaw(subject, sampleAt(1, { metrics }));
    publishRaw(subject, sampleAt(0, { metrics: {} }));
    publish(sampleAt(2));
    await until(async () => (await sampleCount()) === 3);
    expect(await rows(`SELECT count(*)::int AS count FROM sample WHERE metrics::jsonb = '{}'`)).toEqual([{ count: 0 }]);
    expect(await rejectedCount()).toBe(0);
  });

  it('remembers the newest state of each collector, whatever the order of arrival', async () => {
    await startPersistence();
    publish(sampleAt(5, { status: 'partial', reason: 'no sensor' }));
    await until(async () => (await sampleCount()) === 1);
    publish(sampleAt(3), sampleAt(4, { collector: 'memory' }));
    await until(async () => (await sampleCount()) === 3);
    expect(await rows('SELECT collector, last_sample, status, reason FROM collector_state ORDER BY collector')).toEqual([
      { collector: 'cpu', last_sample: new Date(sampleAt(5).ts), status: 'partial', reason: 'no sensor' },
      { collector: 'memory', last_sample: new Date(sampleAt(4).ts), status: 'ok', reason: null },
    ]);
    expect(await rows('SELECT host FROM host')).toEqual([{ host: 'web-1' }]);
    const names = await rows<{ path: string }>(
      `SELECT concat_ws(' ', dimension, kind, name) AS path FROM seen_name WHERE collector = 'cpu'`,
    );
    expect(names.map(({ path }) => path.trim()).sort()).toEqual([
      'core instance 0',
      'core instance 1',
      'core metric usage_percent',
      'metric temperature_celsius',
      'metric usage_percent',
    ]);
  });

  it('sets poison aside with its reason and stores everything around it', async () => {
    await startPersistence();
    const subject = 'perfwatch.v1.metrics.web-1.cpu';
    const old = new Date(Date.now() - 9 * 86_400_000).toISOString();
    const future = new Date(Date.now() + 2 * 3_600_000).toISOString();
    const poison: [unknown, RegExp][] = [
      ['not a sample', /must be an object/],
      [sampleAt(1, { host: 'other' }), /not those of its subject/],
      [sampleAt(1, { ts: old }), /is too old: Samples are taken from/],
      [sampleAt(1, { ts: future }), /in the future/],
      [sampleAt(1, { reason: 'a\0b' }), /SQLSTATE 22P05/],
      [sampleAt(2, { run: 'a\0b' }), /SQLSTATE 22P05/],
      [sampleAt(1, { reason: '\ud800' }), /SQLSTATE 22P02/],
      [{ ...sampleAt(1), metrics: { a_percent: 'x'.repeat(10_000) } }, /finite number/],
    ];
    publish(...sequence(20).map((seq) => sampleAt(100 + seq)));
    await until(async () => (await sampleCount()) === 20);
    for (const [payload] of poison) publishRaw(subject, payload);
    publish(...sequence(20).map((seq) => sampleAt(200 + seq)));
    await until(async () => (await sampleCount()) === 40 && (await rejectedCount()) === poison.length);
    const kept = await rows<{ reason: string; bytes: number; payload_bytes: number }>(
      'SELECT reason, octet_length(payload) AS bytes, payload_bytes FROM rejected_message',
    );
    for (const [, reason] of poison) expect(kept.map((row) => row.reason)).toContainEqual(expect.stringMatching(reason));
    expect(Math.max(...kept.map(({ bytes }) => bytes))).toBe(4096);
    expect(Math.max(...kept.map(({ payload_bytes }) => payload_bytes))).toBeGreaterThan(10_000);
  });

  it('keeps the newest thousand rejected messages', async () => {
    await startPersistence();
    publish(sampleAt(0));
    await until(async () => (await sampleCount()) === 1);
    for (const n of sequence(1500)) publishRaw('perfwatch.v1.metrics.web-1.cpu', `poison ${n}`);
    await until(async () => {
      const [newest] = await rows<{ text: string }>(
        `SELECT convert_from(payload, 'UTF8') AS text FROM rejected_message ORDER BY id DESC LIMIT 1`,
      );
      return newest?.text === '"poison 1499"';
    });
    expect(await rejectedCount()).toBe(1000);
  });

  it('loses and doubles nothing when PostgreSQL is killed in the middle', async () => {
    const persistence = await startPersistence();
    const total = 3000;
    const half = total / 2;
    publish(...sequence(half).map((seq) => sampleAt(seq)));
    await until(async () => (await sampleCount()) > 0);
    await postgres.kill();
    publish(...sequence(half).map((seq) => sampleAt(half + seq)));
    await until(async () => !(await persistence.isUp()));
    await postgres.restart();
    await until(async () => (await sampleCount().catch(() => 0)) === total);
    await until(persistence.isUp);
    const [row] = await rows('SELECT count(*)::int AS rows, count(DISTINCT seq)::int AS seqs, max(seq)::int AS last FROM sample');
    expect(row).toEqual({ rows: total, seqs: total, last: total - 1 });
    expect(await rejectedCount()).toBe(0);
  });

  it('shares the work between replicas that start at the same time', async () => {
    await Promise.all([startPersistence(), startPersistence(), startPersistence()]);
    const hosts = ['web-1', 'web-2', 'web-3'];
    for (const seq of sequence(1000)) publish(...hosts.map((host) => sampleAt(seq, { host })));
    await until(async () => (await sampleCount()) === 3000);
    expect(await rejectedCount()).toBe(0);
    expect(await rows('SELECT count(DISTINCT (host, seq))::int AS count FROM sample')).toEqual([{ count: 3000 }]);
  });

  it('makes the partition of a late Sample, and leaves dropping to retention', async () => {
    await store.query(`CREATE TABLE sample_20200101_00 PARTITION OF sample FOR VALUES FROM ('2020-01-01T00:00Z') TO ('2020-01-01T01:00Z')`);
    await startPersistence();
    const late = new Date(Date.now() - 6 * 86_400_000).toISOString();
    publish(sampleAt(0, { ts: late }));
    await until(async () => (await sampleCount()) === 1);
    expect(await rows(`SELECT 1 FROM pg_class WHERE relname = 'sample_20200101_00'`)).toHaveLength(1);
  });

  it('stores catalogs, inventories and annotations, rewriting only what changed', async () => {
    await startPersistence();
    const catalog = {
      host: 'web-1',
      collector: 'cpu',
      title: 'CPU',
      metrics: { usage_percent: { title: 'Busy', unit: 'percent', kind: 'rate' } },
    };
    const inventory = { host: 'web-1', hostname: 'web-1.example', kernel: '6.12' };
    const tell = (ts: string, title: string) => {
      publishRaw('perfwatch.v1.catalog.web-1.cpu', { ...catalog, title, ts });
      publishRaw('perfwatch.v1.host.web-1', { ...inventory, ts });
    };
    // Nobody listens until nats-server knows of the subscription.
    await until(async () => {
      tell('2026-11-23T19:20:31Z', 'CPU');
      return (await countOf('collector_catalog')) === 1;
    });
    publishRaw('perfwatch.v1.catalog.web-2.cpu', { ...catalog, ts: '2026-11-23T19:20:31Z' });
    publishRaw('perfwatch.v1.annotations.web-1', { ts: '2026-11-23T19:20:31+01:00', title: 'Deploy', tags: ['v1', 'a,"b"'] });
    await until(async () => (await rows('SELECT 1 FROM annotation')).length === 1 && (await rejectedCount()) === 1);
    await until(async () => (await rows('SELECT 1 FROM host WHERE inventory IS NOT NULL')).length === 1);
    expect(await rows('SELECT host, ts, title, tags FROM annotation')).toEqual([
      { host: 'web-1', ts: new Date('2026-11-23T18:20:31Z'), title: 'Deploy', tags: ['v1', 'a,"b"'] },
    ]);
    const versions = () => rows('SELECT c.xmin AS catalog, h.xmin AS host FROM collector_catalog c JOIN host h USING (host)');
    const before = await versions();
    tell('2026-11-23T19:21:31Z', 'CPU');
    publishRaw('perfwatch.v1.catalog.web-1.marker', { ...catalog, collector: 'marker', ts: '2026-11-23T19:21:31Z' });
    await until(async () => (await rows(`SELECT 1 FROM collector_catalog WHERE collector = 'marker'`)).length === 1);
    expect((await versions())[0]).toEqual(before[0]);
    tell('2026-11-23T19:22:31Z', 'Processor');
    await until(async () => (await rows(`SELECT 1 FROM collector_catalog WHERE catalog->>'title' = 'Processor'`)).length === 1);
  });
});
