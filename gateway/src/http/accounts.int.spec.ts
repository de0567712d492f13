import { authService } from '@perfwatch/auth';
import { createdApiTokenSchema, problemSchema, userRecordSchema, type TokenScope } from '@perfwatch/contract';
import { historyService } from '@perfwatch/history';
import { persistenceService } from '@perfwatch/persistence';
import { settingsService } from '@perfwatch/settings';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LiveClients, type Client } from '../../test/live-client.ts';
import { ADMIN_PASSWORD, startStack, type Stack } from '../../test/stack.ts';

const PASSWORD = 'giraffe-lantern-quartz-3';

let nats: TestNats;
let postgres: TestServer;
let stack: Stack;
let clients: LiveClients;
let admin = '';
let names = 0;

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  const services = [authService, settingsService, historyService, persistenceService];
  stack = await startStack({ natsUrl: nats.url, databaseUrl: postgres.url, services });
  admin = await stack.login('admin', ADMIN_PASSWORD);
  clients = new LiveClients(stack, admin);
});
afterEach(() => clients.disconnectAll());
afterAll(async () => {
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

function ask(method: string, path: string, { token = admin, body }: { token?: string; body?: object } = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  return fetch(stack.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

async function addUser(role: 'admin' | 'viewer') {
  names += 1;
  const reply = await ask('POST', '/api/users', { body: { username: `user-${names}`, password: PASSWORD, role } });
  expect(reply.status).toBe(201);
  const user = userRecordSchema.parse(await reply.json());
  return { ...user, token: await stack.login(user.username, PASSWORD) };
}

async function createToken(scope: TokenScope, parts: { token?: string; user_id?: string } = {}) {
  names += 1;
  const { token = admin, ...owner } = parts;
  const reply = await ask('POST', '/api/tokens', { token, body: { name: `token ${names}`, scope, expires_in_days: 30, ...owner } });
  expect(reply.status).toBe(201);
  return createdApiTokenSchema.parse(await reply.json());
}

/** What a connection is told from now on, until it has ended. */
const ending = (client: Client): Promise<string[]> =>
  new Promise((resolve) => {
    const events: string[] = [];
    client.on('auth_expired', () => events.push('auth_expired'));
    client.on('disconnect', () => resolve(events));
  });

describe('a viewer', () => {
  it('reads everything, and changes nothing but the own password', async () => {
    const viewer = await addUser('viewer');
    for (const path of ['/api/hosts', '/api/config', '/api/catalog', '/api/annotations', '/api/auth/me']) {
      expect((await ask('GET', path, viewer)).status).toBe(200);
    }
    const denied: [string, string, object?][] = [
      ['PUT', '/api/config', { interval_ms: 500 }],
      ['POST', '/api/annotations', { host: 'web-1', title: 'x' }],
      ['GET', '/api/users'],
      ['POST', '/api/users', { username: 'x', password: PASSWORD }],
      ['PATCH', `/api/users/${viewer.id}`, { role: 'admin' }],
      ['DELETE', `/api/users/${viewer.id}`],
      ['GET', '/api/tokens'],
      ['POST', '/api/tokens', { name: 'x', scope: 'read', expires_in_days: 1 }],
    ];
    for (const [method, path, body] of denied) {
      const reply = await ask(method, path, { token: viewer.token, ...(body === undefined ? {} : { body }) });
      const problem = problemSchema.parse(await reply.json());
      expect([method, path, problem.status, problem.detail]).toEqual([method, path, 403, expect.stringMatching(/administrator/)]);
    }
    const change = { current_password: PASSWORD, new_password: 'another-good-one-17' };
    expect((await ask('PUT', '/api/auth/password', { token: viewer.token, body: change })).status).toBe(204);
  });

  it('keeps preferences of their own, key by key', async () => {
    const [viewer, other] = [await addUser('viewer'), await addUser('viewer')];
    const { token } = viewer;
    const path = '/api/auth/preferences';
    expect(await (await ask('GET', path, viewer)).json()).toEqual({});
    await ask('PUT', path, { token, body: { theme: 'light', hidden_panels: ['disk'] } });
    const reply = await ask('PUT', path, { token, body: { hidden_panels: [], time_zone: 'utc' } });
    const kept = { theme: 'light', hidden_panels: [], time_zone: 'utc' };
    expect([reply.status, await reply.json()]).toEqual([200, kept]);
    expect(await (await ask('GET', path, viewer)).json()).toEqual(kept);
    expect(await (await ask('GET', path, other)).json()).toEqual({});
    const refused = await ask('PUT', path, { token, body: { theme: 'pink', wallpaper: 'sea' } });
    expect(refused.status).toBe(400);
    expect(problemSchema.parse(await refused.json()).detail).toMatch(/theme.*wallpaper/s);
    expect((await ask('GET', path, { token: 'none' })).status).toBe(401);
  });
});

describe('a user that an administrator changes', () => {
  it.each([
    ['to another role', 'PATCH', { role: 'viewer' }],
    ['to another password', 'PATCH', { password: 'another-good-one-17', role: 'viewer' }],
    ['by removing it', 'DELETE', undefined],
  ])('%s is out at once, and live within five seconds', async (_, method, body) => {
    const user = await addUser('admin');
    const client = await clients.connected({}, user.token);
    const ended = ending(client);
    const startedMs = performance.now();
    const reply = await ask(method, `/api/users/${user.id}`, body === undefined ? {} : { body });
    expect(reply.ok).toBe(true);
    expect((await ask('GET', '/api/auth/me', user)).status).toBe(401);
    await expect(ended).resolves.toEqual(['auth_expired']);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  it('cannot be the last administrator', async () => {
    const { id } = (await (await ask('GET', '/api/auth/me')).json()) as { id: string };
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', { role: 'viewer' }],
    ] as const) {
      const reply = await ask(method, `/api/users/${id}`, body === undefined ? {} : { body });
      const problem = problemSchema.parse(await reply.json());
      expect(problem).toMatchObject({ status: 409, detail: expect.stringMatching(/last administrator.*Make another user/) });
    }
  });

  it.each<[string, string, object | undefined, number, string[] | undefined]>([
    ['POST', '/api/users', { username: 'a b', password: 'short' }, 400, ['username', 'password']],
    ['POST', '/api/users', { username: 'ADMIN', password: PASSWORD }, 409, undefined],
    ['POST', '/api/users', { username: 'x', password: PASSWORD, role: 'root' }, 400, ['role']],
    ['PATCH', '/api/users/7', { role: 'admin' }, 400, ['id']],
    ['PATCH', '/api/users/3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', {}, 400, ['']],
    ['PATCH', '/api/users/3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', { role: 'admin' }, 404, undefined],
    ['DELETE', '/api/users/3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', undefined, 404, undefined],
    ['POST', '/api/tokens', { name: '', scope: 'all', expires_in_days: 366 }, 400, ['name', 'scope', 'expires_in_days']],
    ['POST', '/api/tokens', { name: 'x', scope: 'read' }, 400, ['expires_in_days']],
    ['DELETE', '/api/tokens/3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', undefined, 404, undefined],
  ])('%s %s with %j is %i', async (method, path, body, status, fields) => {
    const reply = await ask(method, path, body === undefined ? {} : { body });
    expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = problemSchema.parse(await reply.json());
    expect(problem.status).toBe(status);
    expect(problem.errors?.map((issue) => issue.path)).toEqual(fields);
  });
});

describe('an API token', () => {
  const write: [string, string, object] = ['PUT', '/api/config', { interval_ms: 1000 }];
  const mark: [string, string, object] = ['POST', '/api/annotations', { host: 'web-1', title: 'Deploy' }];
  const people: [string, string, object] = ['POST', '/api/users', { username: 'made-by-a-token', password: PASSWORD }];

  it.each<[TokenScope, number, number, number]>([
    ['read', 403, 403, 403],
    ['annotate', 201, 403, 403],
    ['admin', 201, 200, 201],
  ])('of scope %s marks: %i, configures: %i, adds users: %i', async (scope, marks, configures, adds) => {
    const { token } = await createToken(scope);
    expect((await ask('GET', '/api/hosts', { token })).status).toBe(200);
    for (const [[method, path, body], status] of [
      [mark, marks],
      [write, configures],
      [people, adds],
    ] as const) {
      const reply = await ask(method, path, { token, body });
      expect([path, reply.status]).toEqual([path, status]);
      if (status === 403) expect(problemSchema.parse(await reply.json()).detail).toMatch(/scope .* may not do this.* Use one of scope/);
    }
  });

  it('removes the mark that it made', async () => {
    const { token } = await createToken('annotate');
    const { id } = (await (await ask(mark[0], mark[1], { token, body: mark[2] })).json()) as { id: string };
    expect((await ask('DELETE', `/api/annotations/${id}`, { token })).status).toBe(204);
  });

  it('never does more than its owner may', async () => {
    const owner = await addUser('admin');
    const { token } = await createToken('admin', { user_id: owner.id });
    expect((await ask(...(mark.slice(0, 2) as [string, string]), { token, body: mark[2] })).status).toBe(201);
    await ask('PATCH', `/api/users/${owner.id}`, { body: { role: 'viewer' } });
    expect((await ask('POST', '/api/annotations', { token, body: mark[2] })).status).toBe(403);
    expect((await ask('GET', '/api/hosts', { token })).status).toBe(200);
  });

  it('opens the live data, and is thrown out when it is removed', async () => {
    const { token, id } = await createToken('read');
    const client = await clients.connected({}, token);
    const ended = ending(client);
    expect((await ask('DELETE', `/api/tokens/${id}`)).status).toBe(204);
    await expect(ended).resolves.toEqual(['auth_expired']);
    expect((await ask('GET', '/api/hosts', { token })).status).toBe(401);
  });

  it('stays connected when its owner changes the password', async () => {
    const owner = await addUser('admin');
    const { token } = await createToken('read', { token: owner.token });
    const client = await clients.connected({}, token);
    const change = { current_password: PASSWORD, new_password: 'another-good-one-17' };
    const other = await clients.connected({}, await stack.login(owner.username, PASSWORD));
    const ended = ending(other);
    expect((await ask('PUT', '/api/auth/password', { token: owner.token, body: change })).status).toBe(204);
    await ended;
    expect(client.connected).toBe(true);
  });

  it('is listed without its secret', async () => {
    const { token, ...record } = await createToken('read');
    const text = await (await ask('GET', '/api/tokens')).text();
    expect(text).toContain(record.id);
    expect(text).not.toContain(token);
  });
});
