import { authService } from '@perfwatch/auth';
import { subjects } from '@perfwatch/contract';
import { historyService } from '@perfwatch/history';
import { persistenceService } from '@perfwatch/persistence';
import { settingsService } from '@perfwatch/settings';
import { openStore } from '@perfwatch/store';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LiveClients, subscribe, type Client } from '../../test/live-client.ts';
import { ADMIN_PASSWORD, quiet, sampleAt, startStack, until, type Stack } from '../../test/stack.ts';

let nats: TestNats;
let postgres: TestServer;
let stack: Stack;
let clients: LiveClients;
let token = '';

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  stack = await startStack({
    natsUrl: nats.url,
    databaseUrl: postgres.url,
    services: [authService, settingsService, historyService, persistenceService],
    liveLimits: { maxConnections: 40, recheckEveryMs: 200 },
  });
  token = await stack.login('admin', ADMIN_PASSWORD);
  clients = new LiveClients(stack, token);
});
afterEach(() => clients.disconnectAll());
afterAll(async () => {
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

describe('the handshake', () => {
  it.each([
    ['no token', {}],
    ['a bad token', { token: 'bad' }],
    ['an empty token', { token: '' }],
    ['a number', { token: 42 }],
    ['an object', { token: { toString: 'x' } }],
    ['a token of 100 kB', { token: 'x'.repeat(100_000) }],
    ['a NUL', { token: 'a\0b' }],
  ])('with %s is refused as unauthorized', async (_, auth) => {
    const client = clients.open(auth);
    const error = await new Promise<Error & { data?: unknown }>((resolve) => client.once('connect_error', resolve));
    expect(error.data).toEqual({ code: 'unauthorized' });
  });

  it('does not look at a token in the URL', async () => {
    const client = clients.open({}, { query: { token, auth: token } });
    const error = await new Promise<Error & { data?: unknown }>((resolve) => client.once('connect_error', resolve));
    expect(error.data).toEqual({ code: 'unauthorized' });
  });

  it('refuses pages of another origin, and lets those of its own in', async () => {
    const evil = clients.open({ token }, { extraHeaders: { origin: 'https://evil.example' } });
    await new Promise((resolve) => evil.once('connect_error', resolve));
    expect(evil.connected).toBe(false);
    await clients.connected({ extraHeaders: { origin: stack.url } });
  });

  it('works over long polling, and upgrades', async () => {
    const client = await clients.connected({ transports: ['polling', 'websocket'] });
    await subscribe(client, { hosts: ['poll-1'] });
    await clients.flowing(client, 'poll-1');
    const polling = await clients.connected({ transports: ['polling'] });
    await subscribe(polling, { hosts: ['poll-1'] });
    await clients.flowing(polling, 'poll-1');
  });

  it('has nothing in the root namespace', async () => {
    const client = io(stack.url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
    const error = await new Promise<Error & { data?: unknown }>((resolve) => client.once('connect_error', resolve));
    client.disconnect();
    expect(error.data).toEqual({ code: 'not_found' });
  });
});

describe('a token that ends while connected', () => {
  const ending = (client: Client): Promise<string[]> =>
    new Promise((resolve) => {
      const events: string[] = [];
      client.on('auth_expired', () => events.push('auth_expired'));
      client.on('disconnect', () => resolve([...events, 'disconnect']));
    });

  it('by log-out: says auth_expired to that connection and disconnects it', async () => {
    const own = await stack.login('admin', ADMIN_PASSWORD);
    const client = await clients.connected({}, own);
    const other = await clients.connected();
    const ended = ending(client);
    await fetch(`${stack.url}/api/auth/logout`, { method: 'POST', headers: { authorization: `Bearer ${own}` } });
    await expect(ended).resolves.toEqual(['auth_expired', 'disconnect']);
    expect(other.connected).toBe(true);
  });

  it('where nobody announces it, as the command line does: ends the connection a little later', async () => {
    const own = await stack.login('admin', ADMIN_PASSWORD);
    const client = await clients.connected({}, own);
    const ended = ending(client);
    const store = await openStore({ url: postgres.url, log: quiet });
    const { sub: userId, sid: id } = z
      .object({ sub: z.string(), sid: z.string() })
      .parse(JSON.parse(Buffer.from(own.split('.')[1] ?? '', 'base64url').toString()));
    expect(await store.sessions.end({ id, userId })).toBe(true);
    await store.close();
    await expect(ended).resolves.toEqual(['auth_expired', 'disconnect']);
  });

  it('for a user: ends every connection but that of the token that stays', async () => {
    const client = await clients.connected();
    const me = (await (await fetch(`${stack.url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } })).json()) as {
      id: string;
    };
    stack.broadcast('auth.revoked', { userId: 'somebody else', exceptTokenId: null });
    const ended = ending(client);
    stack.broadcast('auth.revoked', { userId: me.id, exceptTokenId: 'none of these' });
    await expect(ended).resolves.toEqual(['auth_expired', 'disconnect']);
  });
});

describe('what concerns everyone', () => {
  it('inventories, status changes, annotations, their removal and settings reach every connection', async () => {
    const client = await clients.connected();
    const events: Record<string, unknown[]> = { host: [], annotation: [], annotation_removed: [], config: [] };
    client.on('host', (event) => events['host']?.push(event));
    client.on('annotation', (event) => events['annotation']?.push(event));
    client.on('annotation_removed', (event) => events['annotation_removed']?.push(event));
    client.on('config', (event) => events['config']?.push(event));
    await subscribe(client, { hosts: ['state-1'] });
    const inventory = { host: 'state-1', ts: new Date().toISOString(), kernel: '6.1.0' };
    await until(() => {
      stack.bus.publish(subjects.host('state-1'), inventory);
      clients.publish({ host: 'state-1', seq: 1 });
      return events['host']?.length !== 0;
    }, 'the host is told');
    expect(events['host']?.[0]).toMatchObject({ host: 'state-1' });
    stack.bus.publish(subjects.metrics('state-1', 'cpu'), { ...sampleAt({ host: 'state-1', seq: 2 }), status: 'error', reason: 'broken' });
    await until(() => JSON.stringify(events['host']?.at(-1)).includes('broken'), 'the status change is told');
    expect(events['host']?.at(-1)).toMatchObject({
      inventory: { kernel: '6.1.0' },
      status: { cpu: { status: 'error', reason: 'broken' } },
    });
    stack.bus.publish(subjects.annotations('state-1'), { ts: inventory.ts, title: 'deploy' });
    stack.bus.publish(subjects.annotations('state-1'), { title: 'no time' });
    await until(() => events['annotation']?.length === 1, 'the annotation is told');
    expect(events['annotation']).toEqual([{ ts: inventory.ts, title: 'deploy', host: 'state-1' }]);
    stack.broadcast('annotation.removed', { id: 'gone' });
    await until(() => events['annotation_removed']?.length === 1, 'the removal is told');
    expect(events['annotation_removed']).toEqual([{ id: 'gone' }]);
    const reply = await fetch(`${stack.url}/api/config`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ interval_ms: 700 }),
    });
    expect(reply.ok).toBe(true);
    await until(() => events['config']?.length === 1, 'the settings are told');
    expect(events['config']?.[0]).toMatchObject({ interval_ms: 700 });
  });
});
