import { authService } from '@perfwatch/auth';
import { historyService } from '@perfwatch/history';
import { persistenceService } from '@perfwatch/persistence';
import { settingsService } from '@perfwatch/settings';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import type { Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { collect, emitAny, LiveClients, subscribe } from '../../test/live-client.ts';
import { ADMIN_PASSWORD, sampleAt, startStack, until, type Stack } from '../../test/stack.ts';

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
    liveLimits: { maxConnections: 40 },
  });
  token = await stack.login('admin', ADMIN_PASSWORD);
  clients = new LiveClients(stack, token);
});
afterEach(() => clients.disconnectAll());
afterAll(async () => {
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

describe('subscriptions', () => {
  it('bring the samples that fit, each once though several fit', async () => {
    const client = await clients.connected();
    for (const request of [{ hosts: ['sub-1'] }, { collectors: ['cpu', 'probe'] }, { hosts: ['sub-1'], collectors: ['cpu'] }, {}]) {
      await expect(subscribe(client, request)).resolves.toEqual({ ok: true, backfill: [] });
    }
    await clients.flowing(client, 'sub-1');
    const samples = collect(client);
    for (let seq = 0; seq < 50; seq++) clients.publish({ host: 'sub-1', seq });
    clients.publish({ host: 'sub-2', collector: 'last', seq: 0 });
    await until(() => samples.some(({ collector }) => collector === 'last'), 'the last one arrives');
    const cpu = samples.filter(({ collector }) => collector === 'cpu');
    expect(cpu.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, seq) => seq));
    expect(cpu[3]).toEqual(sampleAt({ host: 'sub-1', seq: 3 }));
  });

  it('bring nothing else, and end with unsubscribe', async () => {
    const client = await clients.connected();
    await subscribe(client, { hosts: ['end-1'] });
    await clients.flowing(client, 'end-1');
    const all = await clients.connected();
    await subscribe(all, {});
    await clients.flowing(all, 'end-2');
    const samples = collect(client);
    const everything = collect(all);
    clients.publish({ host: 'end-2', seq: 1 });
    clients.publish({ host: 'end-1', seq: 1 });
    await until(() => samples.length > 0, 'its own arrives');
    expect(samples.map(({ host }) => host)).toEqual(['end-1']);
    await expect(emitAny(client, 'unsubscribe', {})).resolves.toEqual({ ok: true });
    clients.publish({ host: 'end-1', seq: 2 });
    await until(() => everything.some(({ seq }) => seq === 2), 'the other still gets it');
    await emitAny(client, 'unsubscribe', {});
    expect(samples).toHaveLength(1);
  });

  it('are one NATS subscription for all who want the same, released with the last', async () => {
    const viewers = await Promise.all([clients.connected(), clients.connected(), clients.connected()]);
    for (const viewer of viewers) await subscribe(viewer, { hosts: ['shared'] });
    expect(stack.gateway.live.patterns).toBe(1);
    await emitAny(viewers[0], 'unsubscribe', { hosts: ['shared'] });
    viewers[1].disconnect();
    await until(() => stack.gateway.live.viewers === 2, 'one has gone');
    expect(stack.gateway.live.patterns).toBe(1);
    viewers[2].disconnect();
    await until(() => stack.gateway.live.patterns === 0, 'released');
  });

  it.each<[string, unknown[]]>([
    ['nothing', []],
    ['null', [null]],
    ['a number', [42]],
    ['a string', ['everything']],
    ['a list', [[]]],
    ['hosts that are no list', [{ hosts: 'web-1' }]],
    ['hosts that are numbers', [{ hosts: [1] }]],
    ['a wildcard', [{ hosts: ['*'] }]],
    ['a subject', [{ hosts: ['a.>'] }]],
    ['a NUL', [{ hosts: ['a\0'] }]],
    ['a prototype', [JSON.parse('{"__proto__": {"hosts": []}}')]],
    ['an unknown key', [{ hosts: ['a'], evil: true }]],
    ['too long a backfill', [{ backfill_seconds: 1e9 }]],
    ['a negative backfill', [{ backfill_seconds: -1 }]],
    ['a backfill of words', [{ backfill_seconds: 'all' }]],
    ['too many hosts', [{ hosts: Array.from({ length: 1001 }, (_, index) => `h${index}`) }]],
    ['too many pairs', [{ hosts: Array.from({ length: 600 }, (_, index) => `h${index}`), collectors: ['a', 'b'] }]],
    ['bytes', [Buffer.from('abc')]],
  ])('of %s are refused and change nothing', async (_, parameters) => {
    const client = await clients.connected();
    const reply = await emitAny(client, 'subscribe', ...parameters);
    expect(reply).toMatchObject({ ok: false, error: expect.stringMatching(/./) });
    expect(stack.gateway.live.patterns).toBe(0);
  });

  it('need an acknowledgement function, and survive whatever else is sent', async () => {
    const client = (await clients.connected()) as Socket;
    client.emit('subscribe', {});
    client.emit('subscribe', {}, 'no function', 7);
    client.emit('subscribe');
    client.emit('error', new Error('from outside'));
    client.emit('toString', {});
    client.emit('__proto__', {});
    client.emit('no such event', Buffer.alloc(1000));
    await expect(emitAny(client, 'unsubscribe', 'x')).resolves.toMatchObject({ ok: false });
    expect(stack.gateway.live.patterns).toBe(0);
    await expect(subscribe(client, { hosts: [] })).resolves.toEqual({ ok: true, backfill: [] });
  });

  it('come at a bounded rate', async () => {
    const client = await clients.connected();
    const replies = await Promise.all(Array.from({ length: 150 }, () => subscribe(client, { hosts: ['rate'] })));
    expect(replies.filter(({ ok }) => ok).length).toBe(100);
  });

  it('in a message too large end only that connection', async () => {
    const [loud, quiet] = [await clients.connected(), await clients.connected()];
    const gone = new Promise((resolve) => loud.once('disconnect', resolve));
    (loud as Socket).emit('subscribe', { hosts: ['x'.repeat(200_000)] });
    await gone;
    await expect(subscribe(quiet)).resolves.toEqual({ ok: true, backfill: [] });
  });

  it('are refused to more connections than there is room for', async () => {
    await Promise.all(Array.from({ length: 40 }, () => clients.connected()));
    await expect(clients.connected()).rejects.toThrow();
  });
});

describe('a backfill', () => {
  it('joins the live samples without a hole', async () => {
    let seq = 0;
    const now = Date.now();
    const timer = setInterval(() => {
      const sample = { ...sampleAt({ host: 'fill-1', seq }), ts: new Date(now + seq * 20).toISOString() };
      seq++;
      stack.bus.publishSample(sample);
    }, 20);
    try {
      await until(() => seq > 50, 'some are published');
      const headers = { authorization: `Bearer ${token}` };
      await until(async () => (await fetch(`${stack.url}/api/hosts/fill-1`, { headers })).ok, 'the host is known');
      const client = await clients.connected();
      const live = collect(client);
      const reply = await subscribe(client, { hosts: ['fill-1'], backfill_seconds: 60 });
      if (!reply.ok) throw new Error(reply.error);
      await until(() => live.length > 20, 'live samples arrive');
      const seen = new Set([...reply.backfill, ...live].map((sample) => sample.seq));
      const last = Math.max(...live.map((sample) => sample.seq ?? 0));
      expect(reply.backfill.length).toBeGreaterThan(20);
      expect(Array.from({ length: last + 1 }, (_, index) => index).filter((index) => !seen.has(index))).toEqual([]);
    } finally {
      clearInterval(timer);
    }
  });

  it('is empty while history is away, and live samples come all the same', async () => {
    await postgres.stop();
    try {
      const client = await clients.connected().catch(() => null);
      // A token cannot be verified without the database, unless it was just before.
      if (client === null) return;
      await expect(subscribe(client, { hosts: ['fill-2'], backfill_seconds: 60 })).resolves.toEqual({ ok: true, backfill: [] });
      await clients.flowing(client, 'fill-2');
    } finally {
      await postgres.restart();
      await until(async () => (await fetch(`${stack.url}/health/ready`)).ok, 'ready again');
    }
  });
});
