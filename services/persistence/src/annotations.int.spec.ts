import { openBus, type Bus } from '@perfwatch/bus';
import { annotationSchema, type Annotation } from '@perfwatch/contract';
import { createLogger, loadConfig } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestNats, startTestPostgres, TEST_ACTOR, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { persistenceService } from './persistence-service.ts';

const WAIT_MS = 45_000;
const ID = '0d9b1c52-6a0e-4a53-8f0e-7d3c0b1a2f11';
const SUBJECT = 'perfwatch.v1.annotations.web-1';
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const until = (probe: () => Promise<boolean> | boolean) => vi.waitUntil(probe, { timeout: WAIT_MS, interval: 20 });
const unused = (): never => {
  throw new Error('persistence calls nobody');
};

describe('annotations', () => {
  let nats: TestNats;
  let postgres: TestServer;
  let store: Store;
  let bus: Bus;
  let heard: { annotation: Annotation; subject: string }[] = [];
  let broadcasts: { event: string; payload: unknown }[] = [];
  let closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
    store = await openStore({ url: postgres.url, log });
    bus = await openTestBus();
  });
  afterAll(async () => {
    await Promise.all([bus.close(0), store.close()]);
    await Promise.all([nats.dispose(), postgres.dispose()]);
  });
  beforeEach(async () => {
    await store.query('TRUNCATE annotation, host, rejected_message');
    heard = [];
    broadcasts = [];
    const listening = bus.subscribe('perfwatch.v1.annotations.*', annotationSchema, (annotation, subject) =>
      heard.push({ annotation, subject }),
    );
    closing.push(() => listening.stop());
  });
  afterEach(async () => {
    for (const close of closing.reverse()) await close();
    closing = [];
  });

  const openTestBus = async () => {
    const opened = openBus({ servers: nats.url, name: 'test', log });
    await opened.connected(WAIT_MS);
    return opened;
  };
  const startReplica = async () => {
    const [ownBus, ownStore] = [await openTestBus(), await openStore({ url: postgres.url, log })];
    const context = {
      bus: ownBus,
      store: ownStore,
      log,
      config: loadConfig({}),
      call: unused,
      broadcast: (event: string, payload: unknown) => void broadcasts.push({ event, payload }),
      clusterHealth: unused,
      cluster: unused,
    };
    const service = await persistenceService.start(context);
    closing.push(async () => {
      await service.stop();
      await Promise.all([ownBus.close(0), ownStore.close()]);
    });
    return service.actions;
  };
  const rows = () =>
    store.query<{ id: string; host: string; title: string; ts: Date; end_ts: Date | null }>(
      `SELECT * FROM annotation WHERE host <> 'marker' ORDER BY ts`,
    );
  const rejected = () => store.query<{ reason: string }>('SELECT reason FROM rejected_message ORDER BY id');
  /** When a replica listens, and has dealt with all that was said before. */
  const settled = async () => {
    const title = `marker ${Math.random()}`;
    await until(async () => {
      bus.publish('perfwatch.v1.annotations.marker', { ts: '2026-01-01T00:00:00Z', title });
      return (await store.query('SELECT 1 FROM annotation WHERE title = $1', [title])).length > 0;
    });
  };

  it('set through the API are stored once, however many replicas run, and told to everyone', async () => {
    const [one] = [await startReplica(), await startReplica(), await startReplica()];
    await settled();
    const records = [];
    for (const title of ['first', 'second', 'third']) {
      records.push(await one.annotate({ host: 'web-1', ts: '2026-11-23T20:20:31+01:00', title, tags: ['deploy'] }));
    }
    expect(records[0]).toEqual({
      id: expect.any(String),
      host: 'web-1',
      ts: '2026-11-23T19:20:31.000Z',
      end_ts: null,
      title: 'first',
      text: null,
      tags: ['deploy'],
    });
    await until(() => heard.filter(({ subject }) => subject === SUBJECT).length === 3);
    await settled();
    expect((await rows()).map(({ id }) => id).sort()).toEqual(records.map(({ id }) => id).sort());
    expect(await rejected()).toEqual([]);
    expect(heard.find(({ annotation }) => annotation.title === 'second')?.annotation.id).toBe(records[1]?.id);
  });

  it('published with an id are stored once however often they arrive, and without one each time', async () => {
    await startReplica();
    await settled();
    for (let turn = 0; turn < 3; turn++) bus.publish(SUBJECT, { id: ID, ts: '2026-11-23T19:20:31Z', title: 'same' });
    for (let turn = 0; turn < 2; turn++) bus.publish(SUBJECT, { ts: '2026-11-23T19:21:31Z', title: 'another' });
    await until(async () => (await rows()).length === 3);
    await settled();
    expect((await rows()).map(({ title }) => title)).toEqual(['same', 'another', 'another']);
    expect(await rejected()).toEqual([]);
  });

  it('take the only host and the present for granted, and ask for the host where there are several', async () => {
    const actions = await startReplica();
    await expect(actions.annotate({ title: 'x' })).rejects.toMatchObject({ code: 'not_found' });
    await store.query(`INSERT INTO host (host, first_seen) VALUES ('web-1', now())`);
    const record = await actions.annotate({ title: 'x' });
    expect(record.host).toBe('web-1');
    expect(Math.abs(Date.parse(record.ts) - Date.now())).toBeLessThan(60_000);
    await store.query(`INSERT INTO host (host, first_seen) VALUES ('web-2', now())`);
    await expect(actions.annotate({ title: 'x' })).rejects.toMatchObject({
      code: 'bad_input',
      issues: [{ path: 'host', message: expect.stringMatching(/web-1, web-2/) }],
    });
  });

  it.each([
    [{ ts: '2026-11-23T19:20:31Z', end_ts: '2026-11-23T19:20:30Z' }, 'end_ts', /before ts/],
    [{ ts: '1970-01-01T00:00:00Z' }, 'ts', /days ago/],
    [{ ts: '9999-01-01T00:00:00Z' }, 'ts', /a year ahead/],
  ])('of impossible times are refused: %j', async (times, path, message) => {
    const actions = await startReplica();
    await expect(actions.annotate({ host: 'web-1', title: 'x', ...times })).rejects.toMatchObject({
      code: 'bad_input',
      issues: [{ path, message: expect.stringMatching(message) }],
    });
    await settled();
    bus.publish(SUBJECT, { title: 'x', ...times });
    await until(async () => (await rejected()).length === 1);
    expect((await rejected())[0]?.reason).toMatch(message);
    expect(await rows()).toEqual([]);
  });

  it('that were removed stay away, are told to be gone, and cannot be removed twice', async () => {
    const actions = await startReplica();
    await settled();
    const { id } = await actions.annotate({ host: 'web-1', title: 'x' });
    expect(await actions.removeAnnotation({ id, by: TEST_ACTOR })).toBeNull();
    await until(() => heard.some(({ annotation }) => annotation.id === id));
    await settled();
    expect(await rows()).toEqual([]);
    await expect(actions.removeAnnotation({ id, by: TEST_ACTOR })).rejects.toMatchObject({ code: 'not_found' });
    expect(broadcasts).toEqual([{ event: 'annotation.removed', payload: { id } }]);
    const told = await store.auditEvents.list({ limit: 10 });
    expect(told).toMatchObject([
      { action: 'annotation_deleted', actor: { username: TEST_ACTOR.username }, target: 'web-1', details: { id, title: 'x' } },
    ]);
  });
});
