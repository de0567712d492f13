import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { authService, addUser } from '@perfwatch/auth';
import { problemSchema, readinessSchema } from '@perfwatch/contract';
import { historyService } from '@perfwatch/history';
import { persistenceService } from '@perfwatch/persistence';
import { settingsService } from '@perfwatch/settings';
import { openStore } from '@perfwatch/store';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, quiet, sampleAt, startStack, until, type Stack } from '../../test/stack.ts';

const VIEWER_PASSWORD = 'giraffe-lantern-quartz-3';
const json = { 'content-type': 'application/json' };

let nats: TestNats;
let postgres: TestServer;
let stack: Stack;
let admin = '';
let viewer = '';

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  const services = [authService, settingsService, historyService, persistenceService];
  stack = await startStack({ natsUrl: nats.url, databaseUrl: postgres.url, services });
  const store = await openStore({ url: postgres.url, log: quiet });
  await addUser(store, { username: 'vera', password: VIEWER_PASSWORD, role: 'viewer', by: null });
  await store.close();
  admin = await stack.login('admin', ADMIN_PASSWORD);
  viewer = await stack.login('vera', VIEWER_PASSWORD);
});
afterAll(async () => {
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

interface Asked {
  method?: string;
  token?: string;
  headers?: Record<string, string>;
  body?: string;
}

function ask(path: string, { method = 'GET', token, headers = {}, body }: Asked = {}): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(stack.url + path, { method, headers: { ...authorization, ...headers }, ...(body === undefined ? {} : { body }) });
}

async function problemOf(reply: Response) {
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(await reply.json());
  expect(problem.status).toBe(reply.status);
  expect(JSON.stringify(problem)).not.toMatch(/node_modules|\.ts:|\bat [A-Za-z.]+ \(/);
  return problem;
}

describe('log-in', () => {
  it('gives a token that tells who it belongs to, and ends with log-out', async () => {
    const token = await stack.login('admin', ADMIN_PASSWORD);
    const me = await ask('/api/auth/me', { token });
    expect(me.status).toBe(200);
    expect(me.headers.get('cache-control')).toBe('no-store');
    await expect(me.json()).resolves.toMatchObject({ username: 'admin', role: 'admin' });
    // Some clients name a content type for a body that they do not send.
    expect((await ask('/api/auth/logout', { method: 'POST', token, headers: json })).status).toBe(204);
    const after = await ask('/api/auth/me', { token });
    expect(after.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
    expect((await problemOf(after)).status).toBe(401);
  });

  it('refuses a wrong password without saying what was wrong', async () => {
    const body = (username: string) => JSON.stringify({ username, password: 'not the password' });
    const replies = await Promise.all(
      ['admin', 'nobody-of-that-name'].map((username) => ask('/api/auth/login', { method: 'POST', headers: json, body: body(username) })),
    );
    const problems = await Promise.all(replies.map(problemOf));
    expect(problems.map(({ status }) => status)).toEqual([401, 401]);
    expect(problems[0]?.detail).toBe(problems[1]?.detail);
  });

  it('changes a password and ends the other tokens of that user', async () => {
    const [first, second] = [await stack.login('vera', VIEWER_PASSWORD), await stack.login('vera', VIEWER_PASSWORD)];
    const change = (from: string, to: string, token: string) =>
      ask('/api/auth/password', {
        method: 'PUT',
        token,
        headers: json,
        body: JSON.stringify({ current_password: from, new_password: to }),
      });
    expect((await change(VIEWER_PASSWORD, 'another-good-one-17', first)).status).toBe(204);
    expect((await ask('/api/auth/me', { token: first })).status).toBe(200);
    expect((await ask('/api/auth/me', { token: second })).status).toBe(401);
    expect((await change('another-good-one-17', VIEWER_PASSWORD, first)).status).toBe(204);
    viewer = await stack.login('vera', VIEWER_PASSWORD);
  });

  it('says when to try again after too many failures', async () => {
    const body = JSON.stringify({ username: 'mallory', password: 'guess' });
    let reply = await ask('/api/auth/login', { method: 'POST', headers: json, body });
    for (let tries = 0; reply.status === 401 && tries < 50; tries++) {
      reply = await ask('/api/auth/login', { method: 'POST', headers: json, body });
    }
    expect(reply.status).toBe(429);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    await problemOf(reply);
  });
});

describe('the API', () => {
  const protectedPaths = [
    '/api/hosts',
    '/api/hosts/x',
    '/api/catalog',
    '/api/history/metrics',
    '/api/history/metrics/types',
    '/api/history/compare',
    '/api/history/export',
    '/api/annotations',
    '/api/retention',
    '/api/config',
  ];

  it.each(protectedPaths)('shows %s to nobody without a token', async (path) => {
    const reply = await ask(path);
    expect(reply.status).toBe(401);
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
    await problemOf(reply);
    expect((await ask(path, { token: 'bad' })).status).toBe(401);
    expect((await ask(`${path}?token=${admin}&access_token=${admin}`)).status).toBe(401);
  });

  it('shows what was published: hosts, catalog and history', async () => {
    for (let seq = 0; seq < 20; seq++) stack.bus.publishSample(sampleAt({ seq }));
    const query = '/api/history/metrics?host=web-1&metric_type=cpu&interval=raw';
    await until(async () => {
      const reply = await ask(query, { token: viewer });
      return reply.ok && ((await reply.json()) as { count: number }).count === 20;
    }, 'every sample is stored');
    const points = (await (await ask(query, { token: viewer })).json()) as { data_points: { data: unknown }[] };
    expect(points.data_points[19]?.data).toEqual({ load_1m: 19 });
    await until(async () => (await ask('/api/hosts/web-1', { token: viewer })).ok, 'the host is known');
    await expect((await ask('/api/hosts', { token: viewer })).json()).resolves.toMatchObject({ hosts: [{ host: 'web-1' }] });
    await expect((await ask('/api/history/metrics/types', { token: viewer })).json()).resolves.toEqual({
      types: [{ metric_type: 'cpu', hosts: ['web-1'] }],
    });
    expect((await ask('/api/catalog', { token: viewer })).status).toBe(200);
    expect((await problemOf(await ask('/api/hosts/nobody', { token: viewer }))).status).toBe(404);
  });

  it('lets an administrator change the configuration, and a viewer read it', async () => {
    const body = JSON.stringify({ interval_ms: 2000 });
    const refused = await ask('/api/config', { method: 'PUT', token: viewer, headers: json, body });
    expect((await problemOf(refused)).status).toBe(403);
    const changed = await ask('/api/config', { method: 'PUT', token: admin, headers: json, body });
    expect(changed.status).toBe(200);
    await expect((await ask('/api/config', { token: viewer })).json()).resolves.toMatchObject({ interval_ms: 2000 });
  });

  it('is ready while all it needs is up', async () => {
    await until(async () => (await ask('/health/ready')).status === 200, 'ready');
    const { status, dependencies } = readinessSchema.parse(await (await ask('/health/ready')).json());
    expect(status).toBe('ready');
    for (const name of ['nats', 'database', 'auth', 'history', 'persistence', 'settings'])
      expect(dependencies[name]).toMatchObject({ up: true });
    await expect((await ask('/health')).json()).resolves.toEqual({ status: 'ok' });
  });

  it('compresses what is large and leaves what is small alone', async () => {
    const encodings = { 'accept-encoding': 'br' };
    expect((await ask('/api/openapi.json', { headers: encodings })).headers.get('content-encoding')).toBe('br');
    expect((await ask('/health', { headers: encodings })).headers.get('content-encoding')).toBeNull();
  });

  it('has the headers that keep browsers safe, and none that open it to other origins', async () => {
    const { headers } = await ask('/health', { headers: { origin: 'https://evil.example' } });
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self';.*frame-ancestors 'none'/);
    expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('hostile input', () => {
  const long = 'a'.repeat(100_000);
  const get = (path: string): [string, Asked] => [path, {}];
  const put = (body: string): [string, Asked] => ['/api/config', { method: 'PUT', headers: json, body }];
  const post = (body: string, headers = json): [string, Asked] => ['/api/auth/login', { method: 'POST', headers, body }];

  it.each<[string, number, [string, Asked]]>([
    ['an unknown path', 404, get('/api/nothing')],
    ['paths of later versions', 404, get('/api/dashboards')],
    ['a method that is not there', 405, ['/api/hosts', { method: 'DELETE' }]],
    ['a preflight', 405, ['/api/config', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } }]],
    ['a body to a path that takes none', 405, ['/api/hosts', { method: 'POST', headers: json, body: '{' }]],
    ['a form', 415, post('a=b', { 'content-type': 'application/x-www-form-urlencoded' })],
    ['plain text', 415, post('hello', { 'content-type': 'text/plain' })],
    ['no body', 400, post('')],
    ['half of a body', 400, post('{"username": "x"')],
    ['a body that is null', 400, post('null')],
    ['a body that is a list', 400, post('[]')],
    ['numbers for words', 400, post('{"username": 1, "password": {}}')],
    ['a NUL in a password', 400, post('{"username": "x", "password": "a\\u0000b"}')],
    ['a NUL in a name', 400, post('{"username": "x\\u0000", "password": "abc"}')],
    ['a poisoned prototype', 400, put('{"__proto__": {"x": 1}, "interval_ms": 500}')],
    ['a poisoned constructor', 400, put('{"constructor": {"prototype": {"x": 1}}, "interval_ms": 500}')],
    ['a prototype as collector', 400, put('{"collectors": {"__proto__": {"enabled": true}}}')],
    ['an unknown key', 400, put('{"interval_ms": 500, "evil": 1}')],
    ['an interval out of range', 400, put('{"interval_ms": 1}')],
    ['an interval that is not finite', 400, put('{"interval_ms": 1e999}')],
    ['a body nested ten thousand deep', 400, put(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)],
    ['a body of 100 kB', 413, put(JSON.stringify({ a: long }))],
    ['a metric type twice', 400, get('/api/history/metrics?metric_type=a&metric_type=b')],
    ['a limit twice', 400, get('/api/history/metrics?metric_type=cpu&limit=1&limit=2')],
    ['a limit of words', 400, get('/api/history/metrics?metric_type=cpu&limit=many')],
    ['a limit too high', 400, get('/api/history/metrics?metric_type=cpu&limit=10001')],
    ['an empty limit', 400, get('/api/history/metrics?metric_type=cpu&limit=')],
    ['no metric type', 400, get('/api/history/metrics')],
    ['an unknown aggregate', 400, get('/api/history/metrics?metric_type=cpu&agg=sum')],
    ['a NUL in fields', 400, get('/api/history/metrics?metric_type=cpu&fields=%00')],
    ['a NUL in a key', 400, get('/api/history/metrics?metric_type=cpu&a%00=1')],
    ['a NUL in a path', 400, get('/api/hosts/%00')],
    ['SQL for a host', 400, get(`/api/hosts/${encodeURIComponent("x' OR 1=1 --")}`)],
    ['a time that is none', 400, get('/api/history/metrics?metric_type=cpu&start_time=yesterday')],
    [
      'an end before the start',
      400,
      get('/api/history/metrics?host=web-1&metric_type=cpu&start_time=2026-01-02T00:00:00Z&end_time=2026-01-01T00:00:00Z'),
    ],
    ['a query of 100 kB', 431, get(`/api/history/metrics?metric_type=${long}`)],
    ['a path of 10 kB', 404, get(`/api/hosts/${'a'.repeat(10_000)}`)],
    ['a broken percent sign', 400, get('/api/hosts/%E0%A4%A')],
    ['a host list', 400, get('/api/catalog?host=a&host=b')],
  ])('%s is %i', async (_, status, [path, asked]) => {
    const reply = await ask(path, { token: admin, ...asked });
    expect(reply.status).toBe(status);
    expect((await problemOf(reply)).detail).not.toBe('');
    if (status === 405) expect(reply.headers.get('allow')).toMatch(/[A-Z]/);
  });

  it('names every wrong field', async () => {
    const reply = await ask('/api/history/metrics?limit=0&interval=often', { token: admin });
    const { errors } = await problemOf(reply);
    expect(errors?.map(({ path }) => path).sort()).toEqual(['interval', 'limit', 'metric_type']);
  });

  it.each(['Basic YWRtaW46YWRtaW4=', 'Bearer', 'Bearer a b', 'Bearer ü', ' ', 'Bearer ' + 'x'.repeat(9000)])(
    'an Authorization of %j is 401',
    async (authorization) => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const { port } = new URL(stack.url);
        httpRequest({ port, path: '/api/config', headers: { authorization: Buffer.from(authorization).toString('latin1') } }, (reply) => {
          reply.resume();
          resolve(reply.statusCode);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(401);
    },
  );

  it('bytes that are no HTTP get a problem as well', async () => {
    const { port } = new URL(stack.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('\x16\x03\x01 nonsense\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/);
  });
});

describe('while something is down', () => {
  it('is not ready without the database, and says so instead of failing', async () => {
    await postgres.stop();
    await until(async () => (await ask('/health/ready')).status === 503, 'not ready');
    const { dependencies } = readinessSchema.parse(await (await ask('/health/ready')).json());
    expect(dependencies['database']?.up).toBe(false);
    expect(dependencies['nats']?.up).toBe(true);
    expect((await ask('/health')).status).toBe(200);
    const reply = await ask('/api/history/metrics/types', { token: admin });
    expect(reply.status).toBe(503);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    await problemOf(reply);
    await postgres.restart();
    await until(async () => (await ask('/health/ready')).status === 200, 'ready again');
  });
});
