import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDataSource } from './data-source.ts';
import type { StoreLog } from './log.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { openStore, type OpenStoreOptions } from './open-store.ts';
import { sqlStateOf } from './query-error.ts';
import type { Store } from './store.ts';

const WAIT_MS = 45_000;

function recordingLog(): StoreLog & { lines: string[] } {
  const lines: string[] = [];
  const note = (_fields: object, message: string) => void lines.push(message);
  return { lines, debug: () => undefined, info: note, warn: note };
}

describe('openStore', () => {
  let postgres: TestServer;
  let stores: Store[] = [];
  const open = async (options: Partial<OpenStoreOptions> = {}) => {
    const store = await openStore({ url: postgres.url, log: recordingLog(), waitMs: 0, ...options });
    stores.push(store);
    return store;
  };
  /** The server's URL with another database. */
  const urlOf = (change: { database?: string; password?: string; port?: number }) => {
    const url = new URL(postgres.url);
    if (change.database !== undefined) url.pathname = `/${change.database}`;
    if (change.password !== undefined) url.password = change.password;
    if (change.port !== undefined) url.port = String(change.port);
    return url.href;
  };

  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    stores = [];
  });
  afterAll(() => postgres.dispose());

  it('migrates once when replicas open an empty database at the same time', async () => {
    const log = recordingLog();
    const [store] = await Promise.all(Array.from({ length: 5 }, () => open({ log })));
    expect(log.lines).toEqual(['database schema is up to date']);
    expect(await store?.query('SELECT name FROM schema_migration')).toHaveLength(MIGRATIONS.length);
  });

  it('has entities that say what the migrations make', async () => {
    await open();
    const dataSource = createDataSource({ url: postgres.url, log: recordingLog(), poolSize: 1, onPoolError: () => undefined });
    await dataSource.initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, /refused the user or password/],
    ['an unknown database', { database: 'nowhere' }, /no such database|database "nowhere"/],
  ])('says at once that it was given %s, without the password', async (_, change, message) => {
    const opening = open({ url: urlOf(change), waitMs: null });
    await expect(opening).rejects.toMatchObject({ code: 'bad_input', message: expect.stringMatching(message) });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining(new URL(postgres.url).password) });
  });

  it('refuses a schema that a newer version made, and leaves it alone', async () => {
    const store = await open();
    await store.query(`INSERT INTO schema_migration (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')`);
    await expect(open({ waitMs: null })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('FromTheFuture') });
    await store.query(`DELETE FROM schema_migration WHERE name LIKE 'FromTheFuture%'`);
    await open();
  });

  it('gives up on an absent server after the time it was given, having said once that it waits', async () => {
    const log = recordingLog();
    await expect(open({ url: urlOf({ port: 1 }), log, waitMs: 1000 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(log.lines).toEqual(['waiting for the database']);
  });

  it('waits for a server that comes up later, and stops waiting when told to', async () => {
    await postgres.stop();
    const controller = new AbortController();
    const abandoned = open({ waitMs: null, signal: controller.signal });
    const waiting = open({ waitMs: null });
    await sleep(300);
    controller.abort();
    await expect(abandoned).rejects.toMatchObject({ code: 'unavailable' });
    await postgres.restart();
    await (await waiting).ping();
  });

  it('does not take what is no PostgreSQL for one', async () => {
    const impostor = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const { port } = impostor.address() as AddressInfo;
    await expect(open({ url: urlOf({ port }), waitMs: 0 })).rejects.toMatchObject({ name: 'PerfwatchError' });
    impostor.close();
  });

  it('lives through a server that is killed, and works again after it is back', async () => {
    const log = recordingLog();
    const store = await open({ log });
    const hanging = store.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
    const half = store
      .transaction(async (connection) => {
        await connection.query(`INSERT INTO setting (key, value) VALUES ('half', '1')`);
        await connection.query('SELECT pg_sleep(60)');
      })
      .catch((error: unknown) => error);
    await vi.waitUntil(async () => (await store.query(`SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`)).length === 2);
    await postgres.kill();
    expect(await Promise.all([hanging, half])).toMatchObject([{ code: 'unavailable' }, { code: 'unavailable' }]);
    const { port } = new URL(postgres.url);
    await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable', message: expect.not.stringContaining(port) });
    expect(store.state()).toMatchObject({ connected: false, reason: expect.stringContaining(port) });
    await postgres.restart();
    await vi.waitUntil(() => store.state().connected, { timeout: WAIT_MS });
    expect(await store.query(`SELECT * FROM setting WHERE key = 'half'`)).toEqual([]);
    expect(log.lines).toEqual(['database is away', 'database is back']);
  });

  it('notices an idle connection that breaks', async () => {
    const store = await open();
    await store.ping();
    await postgres.kill();
    await vi.waitUntil(() => !store.state().connected, { timeout: WAIT_MS });
    await postgres.restart();
    await vi.waitUntil(() => store.state().connected, { timeout: WAIT_MS });
  });

  it('tells what the server refused, by SQLSTATE, and rolls back', async () => {
    const store = await open();
    const add = `INSERT INTO setting (key, value) VALUES ('once', '1')`;
    await store.query(add);
    const error: unknown = await store
      .transaction(async (connection) => {
        await connection.query(`INSERT INTO setting (key, value) VALUES ('before', '1')`);
        await connection.query(add);
      })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'internal' });
    expect(sqlStateOf(error)).toBe('23505');
    expect(await store.query(`UPDATE setting SET value = '2' RETURNING key`)).toEqual([{ key: 'once' }]);
    expect(store.state()).toEqual({ connected: true, reason: null });
  });

  it('breaks off a transaction that is aborted, and uses its connection no more', async () => {
    const log = recordingLog();
    const store = await open({ log, poolSize: 1 });
    const before = await store.query('SELECT pg_backend_pid() AS pid');
    const abort = new AbortController();
    const startMs = performance.now();
    setTimeout(() => abort.abort(new Error('over')), 300);
    const sleeping = store.transaction((connection) => connection.query('SELECT pg_sleep(60)'), { signal: abort.signal });
    await expect(sleeping).rejects.toThrow('over');
    await expect(store.transaction(() => Promise.resolve(1), { signal: abort.signal })).rejects.toThrow('over');
    expect(await store.query('SELECT pg_backend_pid() AS pid')).not.toEqual(before);
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(store.state()).toEqual({ connected: true, reason: null });
    expect(log.lines).not.toContain('database is away');
  });

  it('commits with a signal that nobody aborts, or too late', async () => {
    const store = await open({ poolSize: 1 });
    const abort = new AbortController();
    const add = `INSERT INTO setting (key, value) VALUES ('signalled', '1')`;
    await store.transaction((connection) => connection.query(add), { signal: abort.signal });
    abort.abort();
    expect(await store.query(`SELECT key FROM setting WHERE key = 'signalled'`)).toHaveLength(1);
  });

  it('refuses queries after it was closed, and closes twice', async () => {
    const store = await open();
    await Promise.all([store.close(), store.close()]);
    await expect(store.query('SELECT 1')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
