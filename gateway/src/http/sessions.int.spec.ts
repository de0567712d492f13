import { authService, hashPassword } from '@perfwatch/auth';
import { loginReplySchema, meSchema, sessionsReplySchema } from '@perfwatch/contract';
import { historyService } from '@perfwatch/history';
import { openStore, type Store } from '@perfwatch/store';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { emitAny, LiveClients, type Client } from '../../test/live-client.ts';
import { ADMIN_PASSWORD, quiet, startStack, type Stack } from '../../test/stack.ts';

const PASSWORD = 'giraffe-lantern-quartz-3';
const NEW_PASSWORD = 'another-good-one-17';
const WITHIN_MS = 5000;
const env = { PERFWATCH_JWT_SECRET: 'q9T2xV7mZ4kLr8WnB3sYc6HdJ1fPgE5uAaXoMiRt' };

let nats: TestNats;
let postgres: TestServer;
let store: Store;
/** Two of everything, on one NATS and one database. */
let stacks: [Stack, Stack];
let clients: [LiveClients, LiveClients];
let admin = '';
let passwordHash = '';
let names = 0;

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  const start = () => startStack({ natsUrl: nats.url, databaseUrl: postgres.url, services: [authService, historyService], env });
  stacks = [await start(), await start()];
  store = await openStore({ url: postgres.url, log: quiet });
  admin = await stacks[0].login('admin', ADMIN_PASSWORD);
  passwordHash = await hashPassword(PASSWORD);
  clients = [new LiveClients(stacks[0], admin), new LiveClients(stacks[1], admin)];
});
afterEach(() => Promise.all(clients.map((one) => one.disconnectAll())));
afterAll(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
  await store.close();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});

interface Asked {
  stack?: Stack;
  token?: string;
  headers?: Record<string, string>;
  body?: object;
}

function ask(method: string, path: string, { stack = stacks[0], token, headers = {}, body }: Asked = {}): Promise<Response> {
  const sent = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
  return fetch(stack.url + path, { method, headers: sent, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

const OWN_PAGE = { 'x-perfwatch': '1' };

/** What a browser has after a log-in: a token in memory, and a cookie. Cookies are for a port, and each stack has its own. */
interface Browser {
  token: string;
  secret: string;
}

async function browserFrom(reply: Response): Promise<Browser> {
  expect(reply.status).toBe(200);
  const { access_token: token, expires_in } = loginReplySchema.strict().parse(await reply.json());
  expect(expires_in).toBe(900);
  const secret = /^perfwatch_refresh_\d+=([^;]+); Path=\/api\/auth; Max-Age=604800; HttpOnly; SameSite=Strict$/.exec(
    reply.headers.get('set-cookie') ?? '',
  )?.[1];
  return { token, secret: secret ?? 'no cookie' };
}

const logIn = async (username: string, password = PASSWORD) =>
  browserFrom(
    await ask('POST', '/api/auth/login', {
      headers: { ...OWN_PAGE, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
      body: { username, password, session: 'cookie' },
    }),
  );

const cookieOf = ({ secret }: Browser, stack: Stack) => `perfwatch_refresh_${new URL(stack.url).port}=${secret}`;

const tryRefresh = (
  browser: Browser,
  { stack = stacks[0], headers = OWN_PAGE }: { stack?: Stack; headers?: Record<string, string> } = {},
) => ask('POST', '/api/auth/refresh', { stack, headers: { ...headers, cookie: cookieOf(browser, stack) } });

const refresh = async (browser: Browser, stack = stacks[0]) => browserFrom(await tryRefresh(browser, { stack }));
const statusOf = async (token: string, stack = stacks[0]) => (await ask('GET', '/api/auth/me', { token, stack })).status;

function addUser(role: 'admin' | 'viewer' = 'viewer') {
  names += 1;
  return store.users.create({ username: `user-${names}`, passwordHash, role });
}

/** How long until the connection was told that its token has ended, and was ended, from now on. */
async function ending(client: Client): Promise<number> {
  const startMs = performance.now();
  const events: string[] = [];
  client.on('auth_expired', () => events.push('auth_expired'));
  await new Promise((resolve) => client.on('disconnect', resolve));
  expect(events).toEqual(['auth_expired']);
  return performance.now() - startMs;
}

describe('the log-in of a browser', () => {
  it('gives a short token and a cookie that renews it, on any replica', async () => {
    const { username } = await addUser();
    const first = await logIn(username);
    expect(await statusOf(first.token)).toBe(200);
    const second = await refresh(first, stacks[1]);
    expect(second.secret).not.toBe(first.secret);
    const third = await refresh(second);
    expect(await statusOf(third.token, stacks[1])).toBe(200);
    expect(meSchema.parse(await (await ask('GET', '/api/auth/me', third)).json())).toMatchObject({ username });
  });

  it('is over on every replica, tokens and connections, when a token that was renewed is used again later', async () => {
    const { username } = await addUser();
    const stolen = await logIn(username);
    const owner = await refresh(stolen);
    const ends = await Promise.all(clients.map((one) => one.connected({}, owner.token))).then((all) => all.map(ending));
    await store.query(`UPDATE login_session SET rotated_at = rotated_at - interval '1 minute'`);
    expect((await tryRefresh(stolen)).status).toBe(401);
    for (const stack of stacks) {
      expect(await statusOf(owner.token, stack)).toBe(401);
      expect((await tryRefresh(owner, { stack })).status).toBe(401);
    }
    expect(Math.max(...(await Promise.all(ends)))).toBeLessThan(WITHIN_MS);
  });

  it('takes two tabs that renew at the same time for one, on two replicas too', async () => {
    const { username } = await addUser();
    const browser = await logIn(username);
    const answers = await Promise.all([...stacks, ...stacks, ...stacks].map((stack) => refresh(browser, stack)));
    expect(new Set(answers.map(({ secret }) => secret)).size).toBe(1);
  });

  it('keeps nothing where a program logs in', async () => {
    const reply = await ask('POST', '/api/auth/login', { body: { username: 'admin', password: ADMIN_PASSWORD } });
    expect(reply.headers.get('set-cookie')).toBeNull();
    expect(await reply.json()).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 86_400 });
  });

  it.each<[string, Record<string, string>]>([
    ['without the header of our own pages', {}],
    ['from another site', { ...OWN_PAGE, 'sec-fetch-site': 'cross-site' }],
    ['from another origin', { ...OWN_PAGE, origin: 'https://evil.example' }],
  ])('does nothing %s', async (_, headers) => {
    const { username } = await addUser();
    const browser = await logIn(username);
    expect((await tryRefresh(browser, { headers })).status).toBe(403);
    const body = { username, password: PASSWORD, session: 'cookie' };
    const login = await ask('POST', '/api/auth/login', { headers, body });
    expect([login.status, login.headers.get('set-cookie')]).toEqual([403, null]);
    expect((await tryRefresh(browser)).status).toBe(200);
  });

  it.each(['', 'x', `${'x'.repeat(43)}.${'y'.repeat(43)}`, 'a"b,c', '%00', 'x'.repeat(5000)])(
    'is not renewed by the cookie %j',
    async (secret) => {
      const reply = await tryRefresh({ token: '', secret });
      expect([reply.status, reply.headers.get('set-cookie')]).toEqual([401, null]);
    },
  );

  it('is not renewed without a cookie, nor with an access token', async () => {
    expect((await ask('POST', '/api/auth/refresh', { headers: OWN_PAGE })).status).toBe(401);
    expect((await ask('POST', '/api/auth/refresh', { headers: OWN_PAGE, token: admin })).status).toBe(401);
  });

  it('ends with log-out, and the cookie goes', async () => {
    const { username } = await addUser();
    const [browser, other] = [await logIn(username), await logIn(username)];
    const headers = { cookie: cookieOf(browser, stacks[0]) };
    const reply = await ask('POST', '/api/auth/logout', { token: browser.token, headers });
    expect([reply.status, reply.headers.get('set-cookie')]).toEqual([204, expect.stringMatching(/^perfwatch_refresh_\d+=; .*Max-Age=0;/)]);
    for (const stack of stacks) {
      expect(await statusOf(browser.token, stack)).toBe(401);
      expect((await tryRefresh(browser, { stack })).status).toBe(401);
      expect(await statusOf(other.token, stack)).toBe(200);
    }
  });
});

describe('what ends sessions', () => {
  const ways: [string, (user: { id: string; token: string }) => Promise<unknown>][] = [
    ['a log-out', ({ token }) => ask('POST', '/api/auth/logout', { token })],
    ['another role', ({ id }) => ask('PATCH', `/api/users/${id}`, { token: admin, body: { role: 'viewer' } })],
    ['being removed', ({ id }) => ask('DELETE', `/api/users/${id}`, { token: admin })],
    ['another password', ({ id }) => ask('PATCH', `/api/users/${id}`, { token: admin, body: { password: NEW_PASSWORD } })],
    ['the database alone, as the command line does', ({ id }) => store.users.changePassword(id, 'hash')],
  ];

  it.each(ways)('%s: at once for requests, within five seconds for connections, on every replica', async (_, end) => {
    const { id, username } = await addUser('admin');
    const { token } = await logIn(username);
    const ends = await Promise.all(clients.map((one) => one.connected({}, token))).then((all) => all.map(ending));
    await end({ id, token });
    for (const stack of stacks) expect(await statusOf(token, stack)).toBe(401);
    expect(Math.max(...(await Promise.all(ends)))).toBeLessThan(WITHIN_MS);
  });

  it('a change of the own password ends the others, and spares the one it came from', async () => {
    const { username } = await addUser();
    const [mine, other] = [await logIn(username), await logIn(username)];
    const connected = await clients[1].connected({}, mine.token);
    const ended = ending(await clients[1].connected({}, other.token));
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    expect((await ask('PUT', '/api/auth/password', { token: mine.token, body: change })).status).toBe(204);
    expect(await statusOf(other.token, stacks[1])).toBe(401);
    expect((await tryRefresh(other)).status).toBe(401);
    expect(await ended).toBeLessThan(WITHIN_MS);
    expect(await statusOf((await refresh(mine)).token, stacks[1])).toBe(200);
    expect(connected.connected).toBe(true);
  });
});

describe('the list of sessions', () => {
  const list = async (token: string) =>
    sessionsReplySchema.parse(await (await ask('GET', '/api/auth/sessions', { token })).json()).sessions;

  it('names what is logged in, and ends one of them', async () => {
    const { username } = await addUser();
    const browser = await logIn(username);
    const program = await stacks[0].login(username, PASSWORD);
    const sessions = await list(browser.token);
    expect(sessions.map(({ kind, client, address, is_current }) => [kind, client, address, is_current])).toEqual([
      ['browser', 'Firefox on Linux', '127.0.0.1', true],
      ['program', 'node', '127.0.0.1', false],
    ]);
    const ended = ending(await clients[1].connected({}, program));
    expect((await ask('DELETE', `/api/auth/sessions/${sessions[1]?.id}`, { token: browser.token })).status).toBe(204);
    expect(await statusOf(program, stacks[1])).toBe(401);
    expect(await ended).toBeLessThan(WITHIN_MS);
    expect(await list(browser.token)).toEqual([expect.objectContaining({ is_current: true })]);
  });

  it('is everyone’s own', async () => {
    const [one, other] = [await addUser(), await addUser()];
    const mine = await logIn(one.username);
    const theirs = await logIn(other.username);
    const [{ id } = { id: '' }] = await list(theirs.token);
    expect((await ask('DELETE', `/api/auth/sessions/${id}`, { token: mine.token })).status).toBe(404);
    expect((await ask('DELETE', '/api/auth/sessions/7', { token: mine.token })).status).toBe(400);
    expect(await statusOf(theirs.token)).toBe(200);
  });
});

describe('a connection', () => {
  const authenticate = (client: Client, request: unknown) => emitAny(client, 'authenticate', request);
  /** Until the token of `browser` is over; its session is not. */
  const almostOver = async () => {
    const { username } = await addUser();
    const browser = await logIn(username);
    return { browser, client: await clients[0].connected({}, browser.token) };
  };

  it('goes on with another token of the same user, until the session of that one ends', async () => {
    const { browser, client } = await almostOver();
    const { username } = meSchema.parse(await (await ask('GET', '/api/auth/me', browser)).json());
    const next = await logIn(username);
    expect(await authenticate(client, { token: next.token })).toEqual({ ok: true });
    await ask('POST', '/api/auth/logout', browser);
    expect(await authenticate(client, { token: (await refresh(next)).token })).toEqual({ ok: true });
    expect(client.connected).toBe(true);
    const ended = ending(client);
    await ask('POST', '/api/auth/logout', next);
    expect(await ended).toBeLessThan(WITHIN_MS);
  });

  it.each<[string, () => unknown]>([
    ['of somebody else', () => ({ token: admin })],
    ['that is none', () => ({ token: 'none' })],
    ['that is missing', () => ({})],
    ['with more than that', () => ({ token: admin, role: 'admin' })],
    ['that is not even an object', () => 'token'],
  ])('does not take a token %s, and goes on with its own', async (_, request) => {
    const { client } = await almostOver();
    expect(await authenticate(client, request())).toEqual({ ok: false, error: expect.any(String) });
    expect(client.connected).toBe(true);
    expect(await emitAny(client, 'subscribe', { hosts: ['web-1'] })).toMatchObject({ ok: true });
  });
});
