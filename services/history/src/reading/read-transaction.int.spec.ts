import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { log } from '../../test/stored-samples.ts';
import { Deadline } from './deadline.ts';
import { inReadTransaction } from './read-transaction.ts';

let postgres: TestServer;
let store: Store;

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openStore({ url: postgres.url, log });
});
afterAll(async () => {
  await store.close();
  await postgres.dispose();
});

/** Stands between a store and its database; from `swallow` on nothing comes through, and nobody is told. */
class SilentProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  isSwallowing = false;

  constructor({ hostname, port }: URL) {
    this.#server = createServer((client) => {
      const server = connect(Number(port), hostname);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => undefined);
        from.on('data', (data) => this.isSwallowing || to.write(data));
        from.on('close', () => this.isSwallowing || to.destroy());
      }
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

describe('inReadTransaction', () => {
  it('has the server end a statement that began late when the deadline is over', async () => {
    const deadline = new Deadline({ lengthMs: 3000 });
    const reading = inReadTransaction({ store, deadline }, async (connection) => {
      await sleep(2500);
      await connection.query('SELECT pg_sleep(60)');
    });
    const startMs = performance.now();
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('longer than 3 s') });
    expect(performance.now() - startMs).toBeLessThan(4000);
    expect(await store.query(`SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'`)).toEqual([]);
    expect(store.state().connected).toBe(true);
  });

  it('begins no statement after the deadline', async () => {
    const deadline = new Deadline({ lengthMs: 300 });
    const reading = inReadTransaction({ store, deadline }, async (connection) => {
      await sleep(400);
      return connection.query('SELECT 1');
    });
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('longer than 0.3 s') });
  });

  it('does not wait for a database that says nothing, and gives its connection back to nobody', async () => {
    const url = new URL(postgres.url);
    const proxy = new SilentProxy(url);
    url.port = String(await proxy.listen());
    const behind = await openStore({ url: url.href, log, poolSize: 1 });
    const startMs = performance.now();
    const reading = inReadTransaction({ store: behind, deadline: new Deadline({ lengthMs: 500 }) }, async (connection) => {
      proxy.isSwallowing = true;
      await connection.query('SELECT 1');
    });
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('longer than 0.5 s') });
    expect(performance.now() - startMs).toBeLessThan(5000);
    proxy.isSwallowing = false;
    expect(await behind.query('SELECT 2 AS two')).toEqual([{ two: 2 }]);
    await behind.close();
    proxy.close();
  }, 15_000);
});
