import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { authService } from '@perfwatch/auth';
import { historyService } from '@perfwatch/history';
import { settingsService } from '@perfwatch/settings';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LiveClients, type Client } from '../test/live-client.ts';
import { ADMIN_PASSWORD, startStack, until, type Stack } from '../test/stack.ts';

const VIEWER_PASSWORD = 'giraffe-lantern-quartz-3';
const WALL = 'https://wall.example';
const EVIL = 'https://evil.example';
/** Connections from here may say where they come from, those from `STRANGER` may not. */
const PROXY = '127.0.0.1';
const STRANGER = '127.0.0.2';
const USER_PER_MINUTE = 60;
const STRANGER_PER_MINUTE = 20;

let nats: TestNats;
let postgres: TestServer;
let stack: Stack;
let clients: LiveClients;
let admin = '';
let viewer = '';

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  stack = await startStack({
    natsUrl: nats.url,
    databaseUrl: postgres.url,
    services: [authService, settingsService, historyService],
    liveLimits: { maxConnectionsPerUser: 3, maxHandshakesPerMinute: 60, maxMessagesPer10Seconds: 150 },
    gatewayOptions: {
      allowedOrigins: [WALL],
      trustedProxies: [`${PROXY}/32`],
      requestLimits: { userPerMinute: USER_PER_MINUTE, strangerPerMinute: STRANGER_PER_MINUTE },
    },
  });
  admin = await stack.login('admin', ADMIN_PASSWORD);
  const added = await fetch(`${stack.url}/api/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'vera', password: VIEWER_PASSWORD, role: 'viewer' }),
  });
  expect(added.status).toBe(201);
  viewer = await stack.login('vera', VIEWER_PASSWORD);
  clients = new LiveClients(stack, admin);
});
afterEach(() => clients.disconnectAll());
afterAll(async () => {
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

interface Asked {
  method?: string;
  from?: string;
  headers?: Record<string, string>;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

function ask(path: string, { method = 'GET', from = PROXY, headers = {} }: Asked = {}): Promise<Answer> {
  const { hostname, port } = new URL(stack.url);
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path, method, headers, localAddress: from, agent: false }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text: Buffer.concat(chunks).toString() }));
    })
      .on('error', reject)
      .end();
  });
}

const withToken = (token: string, forwardedFor: string): Asked => ({
  headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': forwardedFor },
});

describe('every response', () => {
  it.each([
    ['the page', '/', { accept: 'text/html' }],
    ['the API', '/api/openapi.json', {}],
    ['a refusal', '/api/hosts', { 'x-forwarded-for': '9.0.0.1' }],
    ['nothing', '/nothing.js', {}],
    ['health', '/health', {}],
    ['the browser of the API', '/docs', {}],
  ])('has the headers that keep browsers safe: %s', async (_, path, headers) => {
    const { headers: given } = await ask(path, { headers });
    const policy = String(given['content-security-policy']);
    expect(policy).toMatch(/default-src 'self'/);
    expect(policy).toMatch(/object-src 'none'/);
    expect(policy).toMatch(/frame-ancestors 'none'/);
    expect(policy).not.toMatch(path === '/docs' ? /(default|script)-src[^;]*unsafe/ : /unsafe/);
    expect(given).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
    expect(given['strict-transport-security']).toBeUndefined();
    expect(given['x-powered-by']).toBeUndefined();
    expect(given['server']).toBeUndefined();
  });

  it('has HSTS when a trusted proxy says that TLS ended there, and from nobody else', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    expect((await ask('/health', { headers })).headers['strict-transport-security']).toMatch(/^max-age=\d{8,}$/);
    expect((await ask('/health', { headers, from: STRANGER })).headers['strict-transport-security']).toBeUndefined();
  });
});

describe('pages of other origins', () => {
  it('may read what they are allowed to, and ask before', async () => {
    const { headers } = await ask('/health', { headers: { origin: WALL } });
    expect(headers['access-control-allow-origin']).toBe(WALL);
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect(headers.vary?.toLowerCase()).toContain('origin');
    const preflight = await ask('/api/config', {
      method: 'OPTIONS',
      headers: { origin: WALL, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('authorization');
    expect(preflight.headers['access-control-allow-methods']).toContain('PUT');
  });

  it('that are not named may not', async () => {
    for (const origin of [EVIL, 'null', `${WALL}.evil.example`, 'http://wall.example']) {
      expect((await ask('/health', { headers: { origin } })).headers['access-control-allow-origin']).toBeUndefined();
      const preflight = await ask('/api/config', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } });
      expect(preflight.status).toBe(405);
      expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it.each(['polling', 'websocket'])('open no live connection over %s unless they are named', async (transport) => {
    const open = (origin: string, more: Record<string, string> = {}) =>
      clients.connected({ transports: [transport], extraHeaders: { origin, ...more } });
    await expect(open(EVIL)).rejects.toThrow();
    await expect(open('null')).rejects.toThrow();
    await expect(open(EVIL, { 'x-forwarded-host': 'pw.example' })).rejects.toThrow();
    await expect(open(WALL)).resolves.toBeDefined();
    await expect(open('https://pw.example', { 'x-forwarded-host': 'pw.example' })).resolves.toBeDefined();
  });

  it('are told of it, over polling', async () => {
    const path = '/socket.io/?EIO=4&transport=polling';
    const refused = await ask(path, { headers: { origin: EVIL } });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('the page is of another origin')]);
    const taken = await ask(path, { headers: { origin: WALL } });
    expect(taken.status).toBe(200);
    expect(taken.headers).toMatchObject({ 'access-control-allow-origin': WALL, 'x-content-type-options': 'nosniff' });
  });
});

describe('the limits of requests', () => {
  const refusedFrom = async (asked: Asked, times: number): Promise<number> => {
    const statuses: number[] = [];
    for (let request = 0; request < times; request += 1) statuses.push((await ask('/api/hosts', asked)).status);
    return statuses.filter((status) => status === 429).length;
  };

  it('are of the address that a trusted proxy gives', async () => {
    const from = (address: string): Asked => ({ headers: { 'x-forwarded-for': address } });
    expect(await refusedFrom(from('9.1.0.1'), STRANGER_PER_MINUTE + 5)).toBe(5);
    expect(await refusedFrom(from('9.1.0.2'), 1)).toBe(0);
    const reply = await ask('/api/hosts', from('9.1.0.1'));
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('are of the connection itself where anyone could say anything', async () => {
    let refused = 0;
    for (let request = 0; request < STRANGER_PER_MINUTE + 5; request += 1)
      refused += await refusedFrom({ from: STRANGER, headers: { 'x-forwarded-for': `9.2.0.${request}` } }, 1);
    expect(refused).toBe(5);
  });

  it('of a user stop that user, and nobody else behind the same proxy', async () => {
    expect(await refusedFrom(withToken(viewer, '9.3.0.1'), USER_PER_MINUTE + 5)).toBe(5);
    expect(await refusedFrom(withToken(viewer, '9.3.0.2'), 1)).toBe(1);
    expect(await refusedFrom(withToken(admin, '9.3.0.1'), 1)).toBe(0);
  });

  it('of tokens that are not valid do not stop those behind the same proxy whose are', async () => {
    const bad = withToken('bad', '9.4.0.1');
    expect(await refusedFrom(bad, STRANGER_PER_MINUTE + 5)).toBe(5);
    expect((await ask('/api/hosts', withToken(admin, '9.4.0.1'))).status).toBe(200);
  });
});

describe('live connections', () => {
  const from = (address: string) => ({ extraHeaders: { 'x-forwarded-for': address } });
  const refusal = (client: Client): Promise<Error & { data?: unknown }> => new Promise((resolve) => client.once('connect_error', resolve));

  it('of one user are bounded, which is said, and leave others theirs', async () => {
    const open = await Promise.all([1, 2, 3].map(() => clients.connected(from('9.5.0.1'))));
    const error = await refusal(clients.open({ token: admin }, from('9.5.0.1')));
    expect(error.data).toEqual({ code: 'too_many_connections' });
    expect(error.message).toContain('at most 3 live connections');
    await expect(clients.connected(from('9.5.0.1'), viewer)).resolves.toBeDefined();
    open[0]?.disconnect();
    await until(() => stack.gateway.live.viewers === 3, 'one has gone');
    await expect(clients.connected(from('9.5.0.1'))).resolves.toBeDefined();
  });

  it('that never get a token, or the same one twice, use up nothing', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const error = await refusal(clients.open({ token: 'bad' }, from('9.6.0.1')));
      expect(error.data).toEqual({ code: 'unauthorized' });
    }
    for (let attempt = 0; attempt < 8; attempt += 1) (await clients.connected(from('9.6.0.1'))).disconnect();
    await until(() => stack.gateway.live.viewers === 0, 'all have gone');
    await expect(clients.connected(from('9.6.0.1'))).resolves.toBeDefined();
  });

  it('cannot be opened without end from one address', async () => {
    const path = '/socket.io/?EIO=4&transport=polling';
    const statuses: number[] = [];
    for (let handshake = 0; handshake < 65; handshake += 1)
      statuses.push((await ask(path, { headers: { 'x-forwarded-for': '9.7.0.1' } })).status);
    expect(statuses.filter((status) => status === 403)).toHaveLength(5);
    expect((await ask(path, { headers: { 'x-forwarded-for': '9.7.0.1' } })).text).toMatch(/too many connections.*try again in \d+ s/);
    expect((await ask(path, { headers: { 'x-forwarded-for': '9.7.0.2' } })).status).toBe(200);
  });

  it.each(['websocket', 'polling'])('that send without end over %s are told and ended, the others are not', async (transport) => {
    const flooding = await clients.connected({ ...from('9.8.0.1'), transports: [transport] });
    const quietOne = await clients.connected(from('9.8.0.1'));
    const told = new Promise((resolve) => flooding.once('refused', resolve));
    const ended = new Promise((resolve) => flooding.once('disconnect', resolve));
    for (let message = 0; message < 200; message += 1) flooding.emit('unsubscribe', { hosts: [] }, () => undefined);
    await expect(told).resolves.toEqual({ code: 'too_many_messages', message: 'At most 150 messages in 10 seconds' });
    await ended;
    expect(quietOne.connected).toBe(true);
  });
});
