import { openBus, type Bus } from '@perfwatch/bus';
import { createLogger, loadConfig, type ServiceContext } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestNats, startTestPostgres, TEST_ACTOR, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settingsService } from './settings-service.ts';

const log = createLogger({ level: 'fatal', name: 'test', pretty: false });

let postgres: TestServer;
let nats: TestServer;
let store: Store;
let bus: Bus;
let broadcasts: unknown[] = [];

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestPostgres(), startTestNats()]);
  bus = openBus({ servers: nats.url, name: 'settings test', log });
  store = await openStore({ url: postgres.url, log });
});
afterAll(async () => {
  await Promise.all([store.close(), bus.close(0)]);
  await Promise.all([postgres.dispose(), nats.dispose()]);
});
beforeEach(async () => {
  broadcasts = [];
  await store.query('TRUNCATE setting, audit_event');
});

const notUsed = (): never => {
  throw new Error('settings does not use this');
};

/** What the service uses is real but for the broker, whose broadcasts are noted. */
function startService(intervalMs: number) {
  const context: ServiceContext = {
    config: loadConfig({ PERFWATCH_INTERVAL_MS: String(intervalMs) }),
    log,
    store,
    bus,
    call: notUsed,
    clusterHealth: notUsed,
    cluster: notUsed,
    broadcast: (event, payload) => broadcasts.push({ event, payload }),
  };
  return settingsService.start(context);
}

describe('the service settings', () => {
  it('begins with the configured interval and every collector on', async () => {
    const { actions } = await startService(250);
    expect(await actions.get({})).toMatchObject({
      interval_ms: 250,
      collectors: {},
      perf_events: { cpus: 'all' },
      hosts: {},
      updated_at: null,
    });
  });

  it('keeps what was set over a restart with another configured interval', async () => {
    const { actions } = await startService(250);
    const changed = await actions.update({ interval_ms: 2000, collectors: { cpu: { enabled: false } }, by: TEST_ACTOR });
    const restarted = await startService(500);
    expect(await restarted.actions.get({})).toEqual(changed);
    expect(changed).toMatchObject({ interval_ms: 2000, updated_at: expect.any(String) });
  });

  it('tells everyone the whole configuration after it is stored', async () => {
    const { actions } = await startService(1000);
    await actions.update({ host: 'db', interval_ms: 5000, by: TEST_ACTOR });
    expect(broadcasts).toEqual([{ event: 'settings.changed', payload: await actions.get({}) }]);
  });

  it('writes to the audit trail who changed what, with the change or not at all', async () => {
    const { actions } = await startService(1000);
    await actions.update({ host: 'db', interval_ms: 5000, by: TEST_ACTOR });
    await actions.update({ collectors: { cpu: { enabled: false } }, by: TEST_ACTOR });
    const { address, ...actor } = TEST_ACTOR;
    expect(await store.auditEvents.list({ limit: 10 })).toMatchObject([
      { action: 'settings_changed', actor, address, target: 'all hosts', details: { collectors: { cpu: { enabled: false } } } },
      { action: 'settings_changed', actor, address, target: 'db', details: { interval_ms: 5000 } },
    ]);
    await store.query('ALTER TABLE audit_event ADD CONSTRAINT refused CHECK (id < 0) NOT VALID');
    try {
      await expect(actions.update({ interval_ms: 500, by: TEST_ACTOR })).rejects.toMatchObject({ code: 'internal' });
    } finally {
      await store.query('ALTER TABLE audit_event DROP CONSTRAINT refused');
    }
    expect(await actions.get({})).toMatchObject({ interval_ms: 1000 });
  });

  it('keeps every change of replicas that are asked at the same time', async () => {
    const [one, other] = await Promise.all([startService(1000), startService(1000)]);
    const hosts = Array.from({ length: 10 }, (_, index) => `host-${index}`);
    await Promise.all(
      hosts.map((host, index) => (index % 2 === 0 ? one : other).actions.update({ host, interval_ms: 500 + index, by: TEST_ACTOR })),
    );
    const config = await one.actions.get({});
    expect(Object.keys(config.hosts).sort()).toEqual(hosts);
    const times = broadcasts.map((broadcast) => JSON.stringify(broadcast).match(/"updated_at":"([^"]+)"/)?.[1]);
    expect(new Set(times).size).toBe(hosts.length);
  });

  it.each([
    { interval_ms: 5 },
    {},
    { host: 'a.b', interval_ms: 500 },
    { interval_ms: 500, unknown: 1 },
    { perf_events: { cpus: '3-0' } },
    { perf_events: {} },
  ])('refuses %j and changes nothing', async (update) => {
    const { actions } = await startService(1000);
    await expect(actions.update({ ...update, by: TEST_ACTOR })).rejects.toMatchObject({ code: 'bad_input' });
    expect(await actions.get({})).toMatchObject({ interval_ms: 1000, updated_at: null });
    expect(broadcasts).toEqual([]);
    expect(await store.auditEvents.list({ limit: 10 })).toEqual([]);
  });

  it('says so when the stored document is none it understands, and leaves it alone', async () => {
    await store.settings.initialize('collection', { version: 99 });
    await expect(startService(1000)).rejects.toMatchObject({ code: 'internal' });
    expect((await store.settings.get('collection'))?.value).toEqual({ version: 99 });
  });
});
