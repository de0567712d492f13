import { openBus, type Bus } from '@perfwatch/bus';
import { createLogger, loadConfig } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { persistenceService } from './persistence-service.ts';

const WAIT_MS = 45_000;
const DAY_MS = 86_400_000;
const SUBJECT = 'perfwatch.v1.metrics.web-1.cpu';
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const until = (probe: () => Promise<boolean>) => vi.waitUntil(probe, { timeout: WAIT_MS, interval: 20 });
const unused = (): never => {
  throw new Error('persistence calls nobody');
};

describe('Samples as anyone may write them', () => {
  let nats: TestNats;
  let postgres: TestServer;
  let store: Store;
  let bus: Bus;
  let service: { stop(): Promise<void> };

  beforeAll(async () => {
    [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
    store = await openStore({ url: postgres.url, log });
    await store.settings.initialize('retention', {
      downsample_after_days: 20,
      downsample_interval: '1m',
      retention_days: 90,
      archive_enabled: false,
    });
    bus = openBus({ servers: nats.url, name: 'test', log });
    const context = { bus, store, log, config: loadConfig({}), call: unused, broadcast: unused, clusterHealth: unused, cluster: unused };
    service = await persistenceService.start(context);
    await bus.connected(WAIT_MS);
    // The stream is made with the consumer: what is published before is nobody's.
    bus.publishSample({ host: 'web-1', collector: 'cpu', ts: new Date().toISOString(), metrics: {} });
    await until(async () => (await samples()).length === 1);
  });
  afterAll(async () => {
    await service.stop();
    await Promise.all([bus.close(0), store.close()]);
    await Promise.all([nats.dispose(), postgres.dispose()]);
  });
  beforeEach(() => store.query('TRUNCATE sample, rejected_message'));

  const samples = () => store.query<Record<string, unknown> & { ts: Date }>('SELECT * FROM sample ORDER BY ts');
  const rejected = () => store.query<{ reason: string }>('SELECT reason FROM rejected_message');
  const publishText = (text: string) => bus.publishBytes(SUBJECT, Buffer.from(text));
  const now = Math.floor(Date.now() / 1000) * 1000;
  const text = (ms: number, more = '"metrics": {"a_percent": 1}') =>
    `{"host": "web-1", "collector": "cpu", "ts": "${new Date(now + ms).toISOString()}", ${more}}`;

  it('are stored as JavaScript reads them, where PostgreSQL would not read them or would read something else', async () => {
    const odd = [
      text(0, '"run": "r", "seq": 1e3, "interval_ms": 1E3, "metrics": {"a_percent": 1e-400, "b_percent": -0.0}'),
      text(1, '"seq": 7.0, "metrics": {"a_percent": 12345678901234567890}'),
      text(2, '"metrics": {"a_percent": 1, "a_percent": 2}, "metrics": {"a_percent": 3, "a_percent": 4}'),
      text(3, '"status": "ok", "more": {"nested": [1, 2]}, "metrics": {"core": {"0": {"a_percent": null}}}'),
      text(4).replace('Z"', '999Z"'),
      text(5).replace(/"ts": "([^"]*)Z"/, '"ts": "$1+00:00"'),
      `\ufeff${text(6)}`,
    ];
    for (const [index, one] of odd.entries()) {
      publishText(one);
      await until(async () => (await samples()).length === index + 1);
    }
    const rows = await samples();
    expect(rows.map(({ ts }) => ts.getTime() - now)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(rows[0]).toMatchObject({ seq: '1000', interval_ms: 1000, metrics: { a_percent: 0, b_percent: 0 } });
    expect(rows[1]).toMatchObject({ seq: '7', metrics: { a_percent: Number('12345678901234567890') } });
    expect(rows.slice(2, 4).map(({ metrics }) => metrics)).toEqual([{ a_percent: 4 }, { core: { '0': { a_percent: null } } }]);
    expect(await rejected()).toEqual([]);
  });

  it('are kept once for each time, however it is written', async () => {
    publishText(text(0));
    await until(async () => (await samples()).length === 1);
    publishText(text(0, '"metrics": {"a_percent": 2}').replace('.000Z', 'Z'));
    publishText(text(0, '"metrics": {"a_percent": 3}').replace('.000Z', '.0004Z'));
    publishText(text(1));
    await until(async () => (await samples()).length === 2);
    expect((await samples()).map(({ metrics }) => metrics)).toEqual([{ a_percent: 1 }, { a_percent: 1 }]);
  });

  it('are taken for as many whole days as the policy keeps raw ones', async () => {
    const startOfDay = Math.floor(now / DAY_MS) * DAY_MS;
    publishText(text(startOfDay - 20 * DAY_MS - now));
    publishText(text(startOfDay - 20 * DAY_MS - 1 - now));
    await until(async () => (await samples()).length === 1 && (await rejected()).length === 1);
    expect((await samples())[0]?.ts.getTime()).toBe(startOfDay - 20 * DAY_MS);
    expect((await rejected())[0]?.reason).toMatch(/is too old: Samples are taken from .*T00:00:00.000Z on/);
  });
});
