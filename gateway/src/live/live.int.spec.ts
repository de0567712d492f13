import type { Socket as NetSocket } from 'node:net';
import { authService } from '@perfwatch/auth';
import { subjects, type ClientToServerEvents, type Sample, type ServerToClientEvents, type SubscribeReply } from '@perfwatch/contract';
import { historyService } from '@perfwatch/history';
import { persistenceService } from '@perfwatch/persistence';
import { settingsService } from '@perfwatch/settings';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, sampleAt, startStack, until, type Stack } from '../../test/stack.ts';

type Client = Socket<ServerToClientEvents, ClientToServerEvents>;

let nats: TestNats;
let postgres: TestServer;
let stack: Stack;
let token = '';
const clients: Client[] = [];

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  stack = await startStack({
    natsUrl: nats.url,
    databaseUrl: postgres.url,
    services: [authService, settingsService, historyService, persistenceService],
    liveLimits: { maxConnections: 40, maxWaitMs: 300, maxQueuedBytes: 1024 * 1024 },
  });
  token = await stack.login('admin', ADMIN_PASSWORD);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await until(() => stack.gateway.live.viewers === 0, 'everyone has gone');
});
afterAll(async () => {
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

function open(auth: unknown, options: Partial<ManagerOptions & SocketOptions> = {}): Client {
  const settings = { auth: auth as object, transports: ['websocket'], forceNew: true, reconnection: false, ...options };
  const client: Client = io(`${stack.url}/live`, settings);
  clients.push(client);
  return client;
}

async function connected(options: Partial<ManagerOptions & SocketOptions> = {}): Promise<Client> {
  const client = open({ token }, options);
  await new Promise<void>((resolve, reject) => {
    client.once('connect', resolve);
    client.once('connect_error', reject);
  });
  return client;
}

/** Emits what the types forbid. */
function emitAny(client: Client, event: string, ...parameters: unknown[]): Promise<unknown> {
  return (client as Socket).timeout(20_000).emitWithAck(event, ...parameters);
}

const subscribe = (client: Client, request: object = {}): Promise<SubscribeReply> =>
  emitAny(client, 'subscribe', request) as Promise<SubscribeReply>;

/** What arrives from now on, of all collectors or of one. */
function collect(client: Client, collector: string | null = null): Sample[] {
  const samples: Sample[] = [];
  client.on('sample', (sample) => {
    if (collector === null || sample.collector === collector) samples.push(sample);
  });
  return samples;
}

/** NATS has a subscription only some time after it was asked for: publishes until the first arrives. */
async function flowing(client: Client, host: string): Promise<void> {
  const samples = collect(client);
  let seq = 0;
  await until(() => {
    stack.bus.publish(subjects.metrics(host, 'probe'), sampleAt({ host, collector: 'probe', seq: seq++ }));
    return samples.some((sample) => sample.host === host && sample.collector === 'probe');
  }, 'samples flow');
  client.off('sample');
}

const publish = (parts: Parameters<typeof sampleAt>[0]): void => {
  const sample = sampleAt(parts);
  stack.bus.publish(subjects.metrics(sample.host, sample.collector), sample);
};

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
    const client = open(auth);
    const error = await new Promise<Error & { data?: unknown }>((resolve) => client.once('connect_error', resolve));
    expect(error.data).toEqual({ code: 'unauthorized' });
  });

  it('does not look at a token in the URL', async () => {
    const client = open({}, { query: { token, auth: token } });
    const error = await new Promise<Error & { data?: unknown }>((resolve) => client.once('connect_error', resolve));
    expect(error.data).toEqual({ code: 'unauthorized' });
  });

  it('refuses pages of another origin, and lets those of its own in', async () => {
    const evil = open({ token }, { extraHeaders: { origin: 'https://evil.example' } });
    await new Promise((resolve) => evil.once('connect_error', resolve));
    expect(evil.connected).toBe(false);
    await connected({ extraHeaders: { origin: stack.url } });
  });

  it('works over long polling, and upgrades', async () => {
    const client = await connected({ transports: ['polling', 'websocket'] });
    await subscribe(client, { hosts: ['poll-1'] });
    await flowing(client, 'poll-1');
    const polling = await connected({ transports: ['polling'] });
    await subscribe(polling, { hosts: ['poll-1'] });
    await flowing(polling, 'poll-1');
  });

  it('has nothing in the root namespace', async () => {
    const client = io(stack.url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
    clients.push(client);
    await new Promise((resolve) => client.once('connect_error', resolve));
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
    const client = open({ token: own });
    await new Promise<void>((resolve) => client.once('connect', resolve));
    const other = await connected();
    const ended = ending(client);
    await fetch(`${stack.url}/api/auth/logout`, { method: 'POST', headers: { authorization: `Bearer ${own}` } });
    await expect(ended).resolves.toEqual(['auth_expired', 'disconnect']);
    expect(other.connected).toBe(true);
  });

  it('for a user: ends every connection but that of the token that stays', async () => {
    const client = await connected();
    const me = (await (await fetch(`${stack.url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } })).json()) as {
      id: string;
    };
    stack.broadcast('auth.revoked', { userId: 'somebody else', exceptTokenId: null });
    const ended = ending(client);
    stack.broadcast('auth.revoked', { userId: me.id, exceptTokenId: 'none of these' });
    await expect(ended).resolves.toEqual(['auth_expired', 'disconnect']);
  });
});

describe('subscriptions', () => {
  it('bring the samples that fit, each once though several fit', async () => {
    const client = await connected();
    for (const request of [{ hosts: ['sub-1'] }, { collectors: ['cpu', 'probe'] }, { hosts: ['sub-1'], collectors: ['cpu'] }, {}]) {
      await expect(subscribe(client, request)).resolves.toEqual({ ok: true, backfill: [] });
    }
    await flowing(client, 'sub-1');
    const samples = collect(client);
    for (let seq = 0; seq < 50; seq++) publish({ host: 'sub-1', seq });
    publish({ host: 'sub-2', collector: 'last', seq: 0 });
    await until(() => samples.some(({ collector }) => collector === 'last'), 'the last one arrives');
    const cpu = samples.filter(({ collector }) => collector === 'cpu');
    expect(cpu.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, seq) => seq));
    expect(cpu[3]).toEqual(sampleAt({ host: 'sub-1', seq: 3 }));
  });

  it('bring nothing else, and end with unsubscribe', async () => {
    const client = await connected();
    await subscribe(client, { hosts: ['end-1'] });
    await flowing(client, 'end-1');
    const all = await connected();
    await subscribe(all, {});
    await flowing(all, 'end-2');
    const samples = collect(client);
    const everything = collect(all);
    publish({ host: 'end-2', seq: 1 });
    publish({ host: 'end-1', seq: 1 });
    await until(() => samples.length > 0, 'its own arrives');
    expect(samples.map(({ host }) => host)).toEqual(['end-1']);
    await expect(emitAny(client, 'unsubscribe', {})).resolves.toEqual({ ok: true });
    publish({ host: 'end-1', seq: 2 });
    await until(() => everything.some(({ seq }) => seq === 2), 'the other still gets it');
    await emitAny(client, 'unsubscribe', {});
    expect(samples).toHaveLength(1);
  });

  it('are one NATS subscription for all who want the same, released with the last', async () => {
    const viewers = await Promise.all([connected(), connected(), connected()]);
    for (const viewer of viewers) await subscribe(viewer, { hosts: ['shared'] });
    expect(stack.gateway.live.patterns).toBe(1);
    await emitAny(viewers[0] as Client, 'unsubscribe', { hosts: ['shared'] });
    viewers[1]?.disconnect();
    await until(() => stack.gateway.live.viewers === 2, 'one has gone');
    expect(stack.gateway.live.patterns).toBe(1);
    viewers[2]?.disconnect();
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
    const client = await connected();
    const reply = await emitAny(client, 'subscribe', ...parameters);
    expect(reply).toMatchObject({ ok: false, error: expect.stringMatching(/./) });
    expect(stack.gateway.live.patterns).toBe(0);
  });

  it('need an acknowledgement function, and survive whatever else is sent', async () => {
    const client = (await connected()) as Socket;
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
    const client = await connected();
    const replies = await Promise.all(Array.from({ length: 150 }, () => subscribe(client, { hosts: ['rate'] })));
    expect(replies.filter(({ ok }) => ok).length).toBe(100);
  });

  it('in a message too large end only that connection', async () => {
    const [loud, quiet] = [await connected(), await connected()];
    const gone = new Promise((resolve) => loud.once('disconnect', resolve));
    (loud as Socket).emit('subscribe', { hosts: ['x'.repeat(200_000)] });
    await gone;
    await expect(subscribe(quiet)).resolves.toEqual({ ok: true, backfill: [] });
  });

  it('are refused to more connections than there is room for', async () => {
    await Promise.all(Array.from({ length: 40 }, () => connected()));
    await expect(connected()).rejects.toThrow();
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
      const client = await connected();
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
      const client = await connected().catch(() => null);
      // A token cannot be verified without the database, unless it was just before.
      if (client === null) return;
      await expect(subscribe(client, { hosts: ['fill-2'], backfill_seconds: 60 })).resolves.toEqual({ ok: true, backfill: [] });
      await flowing(client, 'fill-2');
    } finally {
      await postgres.restart();
      await until(async () => (await fetch(`${stack.url}/health/ready`)).ok, 'ready again');
    }
  });
});

describe('what concerns everyone', () => {
  it('inventories, status changes, annotations and settings reach every connection', async () => {
    const client = await connected();
    const events: Record<string, unknown[]> = { host: [], annotation: [], config: [] };
    client.on('host', (event) => events['host']?.push(event));
    client.on('annotation', (event) => events['annotation']?.push(event));
    client.on('config', (event) => events['config']?.push(event));
    await subscribe(client, { hosts: ['state-1'] });
    const inventory = { host: 'state-1', ts: new Date().toISOString(), kernel: '6.1.0' };
    await until(() => {
      stack.bus.publish(subjects.host('state-1'), inventory);
      publish({ host: 'state-1', seq: 1 });
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
