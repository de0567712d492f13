import { randomUUID } from 'node:crypto';
import type { Actor, Identity } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, TEST_ACTOR, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthentication } from './authentication.ts';
import { LogInEvents } from './log-in-events.ts';
import { openSigningKeys, type SigningKeys } from './signing-key.ts';
import { createTokenAdministration } from './token-administration.ts';
import { createUserAdministration } from './user-administration.ts';

const PASSWORD = 'tulip-harbour-eleven';
const address = '127.0.0.1';
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const unauthorized: unknown = expect.objectContaining({ code: 'unauthorized' });
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

let postgres: TestServer;
let store: Store;
let keys: SigningKeys;
let nowMs = Date.now();
let broadcasts: unknown[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openStore({ url: postgres.url, log });
  const config = { jwtSecret: 'sXr1m0yq3cJvZb7dK2uN8wTgPzHaLf4Q', jwtSecretPrevious: null, dataDir: '/nonexistent' };
  keys = await openSigningKeys({ config, log });
});
afterAll(async () => {
  keys.close();
  await store.close();
  await postgres.dispose();
});

function startActions() {
  const { users, apiTokens, sessions, loginFailures, auditEvents } = store;
  const atomically: Store['atomically'] = (work) => store.atomically(work);
  const logInEvents = new LogInEvents({ auditEvents, log });
  const parts = { users, apiTokens, sessions, loginFailures, atomically, logInEvents, keys, log };
  const broadcast = (event: string, payload: unknown) => void broadcasts.push({ event, payload });
  const now = { nowMs: () => nowMs };
  return {
    ...createAuthentication({ ...parts, broadcast, ...now }),
    ...createUserAdministration({ store, log, broadcast }),
    ...createTokenAdministration({ store, log, broadcast, ...now }),
  };
}
let auth: ReturnType<typeof startActions>;
const add = (username: string, role: 'admin' | 'viewer') => auth.addUser({ username, password: PASSWORD, role, by: TEST_ACTOR });
const byOf = ({ userId, username }: Identity): Actor => ({ ...TEST_ACTOR, userId, username });
const session = async (username: string) => {
  const { access_token: token } = await auth.login({ username, password: PASSWORD, address });
  return { token, identity: await auth.verify({ token }) };
};

beforeEach(async () => {
  await store.query('TRUNCATE app_user, audit_event, login_failure CASCADE');
  nowMs = Date.now();
  auth = startActions();
  await add('ada', 'admin');
  broadcasts = [];
});

describe('users', () => {
  it('are added, listed by name and removed, without anything secret', async () => {
    const grace = await add('grace', 'viewer');
    expect(grace).toEqual({ id: expect.any(String), username: 'grace', role: 'viewer', created_at: expect.any(String) });
    const { users } = await auth.listUsers({});
    expect(users.map(({ username }) => username)).toEqual(['ada', 'grace']);
    expect(users[1]).toEqual(grace);
    await auth.removeUser({ id: grace.id, by: TEST_ACTOR });
    expect((await auth.listUsers({})).users).toHaveLength(1);
  });

  it('have names of their own and passwords that may be used', async () => {
    await expect(add('ADA', 'viewer')).rejects.toMatchObject({ code: 'conflict' });
    await expect(auth.addUser({ username: 'grace', password: 'password1234', role: 'viewer', by: TEST_ACTOR })).rejects.toMatchObject({
      code: 'bad_input',
      issues: [{ path: 'password' }],
    });
  });

  it.each([
    ['another role', { role: 'admin' as const }, true],
    ['another password', { password: 'walnut-canyon-twelve' }, false],
  ])('have no session left after %s', async (_, update, apiTokensToo) => {
    const grace = await add('grace', 'viewer');
    const { token } = await session('grace');
    await auth.updateUser({ id: grace.id, ...update, by: TEST_ACTOR });
    await expect(auth.verify({ token })).rejects.toEqual(unauthorized);
    expect(broadcasts).toEqual([{ event: 'auth.revoked', payload: { userId: grace.id, exceptTokenId: null, apiTokensToo } }]);
  });

  it('log in with the password an administrator set, and not with the one before', async () => {
    const grace = await add('grace', 'viewer');
    await auth.updateUser({ id: grace.id, password: 'walnut-canyon-twelve', by: TEST_ACTOR });
    await expect(session('grace')).rejects.toEqual(unauthorized);
    await expect(auth.login({ username: 'grace', password: 'walnut-canyon-twelve', address })).resolves.toBeDefined();
  });

  it('that are removed have no session and no API token left', async () => {
    const grace = await add('grace', 'viewer');
    const { token, identity } = await session('grace');
    const api = await auth.createToken({ by: byOf(identity), name: 'script', scope: 'read', expires_in_days: null });
    await auth.removeUser({ id: grace.id, by: TEST_ACTOR });
    for (const one of [token, api.token]) await expect(auth.verify({ token: one })).rejects.toEqual(unauthorized);
    expect((await auth.listTokens({})).tokens).toEqual([]);
    expect(broadcasts).toEqual([{ event: 'auth.revoked', payload: { userId: grace.id, exceptTokenId: null, apiTokensToo: true } }]);
  });

  it('that do not exist can be neither changed nor removed', async () => {
    for (const id of [randomUUID(), 'nobody']) {
      await expect(auth.updateUser({ id, role: 'admin', by: TEST_ACTOR })).rejects.toMatchObject({ code: 'not_found' });
      await expect(auth.removeUser({ id, by: TEST_ACTOR })).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('always include an administrator', async () => {
    const { identity } = await session('ada');
    const refusal = { code: 'conflict', hint: expect.stringContaining('another user') };
    await expect(auth.updateUser({ id: identity.userId, role: 'viewer', by: TEST_ACTOR })).rejects.toMatchObject(refusal);
    await expect(auth.removeUser({ id: identity.userId, by: TEST_ACTOR })).rejects.toMatchObject(refusal);
    await expect(auth.verify({ token: (await session('ada')).token })).resolves.toMatchObject({ role: 'admin' });
  });

  it('include one even when the last two go at the same moment', async () => {
    const other = await add('grace', 'admin');
    const { identity } = await session('ada');
    const outcomes = await Promise.allSettled([
      auth.removeUser({ id: other.id, by: TEST_ACTOR }),
      auth.updateUser({ id: identity.userId, role: 'viewer', by: TEST_ACTOR }),
      auth.removeUser({ id: identity.userId, by: TEST_ACTOR }),
    ]);
    const { users } = await auth.listUsers({});
    expect(users.filter(({ role }) => role === 'admin')).toHaveLength(1);
    expect(outcomes.map(({ status }) => status)).toContain('rejected');
  });
});

describe('API tokens', () => {
  const create = async (parts: { scope?: 'read' | 'annotate' | 'admin'; days?: number | null; name?: string } = {}) => {
    const { identity } = await session('ada');
    const { scope = 'read', days = 30, name = 'script' } = parts;
    return auth.createToken({ by: byOf(identity), name, scope, expires_in_days: days });
  };

  it('are told once and stored as a hash alone', async () => {
    const { token, ...record } = await create({ scope: 'annotate' });
    expect(token).toMatch(/^pw_/);
    expect(record).toMatchObject({ name: 'script', scope: 'annotate', username: 'ada', last_used_at: null });
    expect((await auth.listTokens({})).tokens).toEqual([record]);
    const rows = await store.query('SELECT * FROM api_token');
    expect(JSON.stringify(rows)).not.toContain(token.slice(3));
    expect(Buffer.from(JSON.stringify(rows)).includes(Buffer.from(token.slice(3)))).toBe(false);
  });

  it('say whose they are and what they may', async () => {
    const { token, id } = await create({ scope: 'annotate', days: null });
    expect(await auth.verify({ token })).toMatchObject({
      username: 'ada',
      role: 'admin',
      tokenId: id,
      scope: 'annotate',
      expiresAtMs: null,
    });
    expect(await auth.me({ identity: await auth.verify({ token }) })).toMatchObject({
      username: 'ada',
      scope: 'annotate',
      expires_at: null,
    });
  });

  it('outlive a change of password, and follow a change of role', async () => {
    await add('grace', 'admin');
    const { identity } = await session('grace');
    const { token } = await auth.createToken({ by: byOf(identity), name: 'script', scope: 'admin', expires_in_days: 1 });
    await auth.changePassword({ identity, current_password: PASSWORD, new_password: 'walnut-canyon-twelve', by: TEST_ACTOR });
    await auth.updateUser({ id: identity.userId, role: 'viewer', by: TEST_ACTOR });
    await expect(auth.verify({ token })).resolves.toMatchObject({ role: 'viewer', scope: 'admin' });
  });

  it('end when they expire and when they are removed', async () => {
    const { token } = await create({ days: 1, name: 'a day' });
    await expect(auth.verify({ token })).resolves.toBeDefined();
    nowMs += DAY_MS;
    await expect(auth.verify({ token })).rejects.toMatchObject({ code: 'unauthorized', message: 'This API token has expired' });
    const other = await create({ name: 'another' });
    await auth.removeToken({ id: other.id, by: TEST_ACTOR });
    await expect(auth.verify({ token: other.token })).rejects.toEqual(unauthorized);
    expect(broadcasts).toEqual([{ event: 'auth.revoked', payload: { tokenId: other.id } }]);
    await expect(auth.removeToken({ id: other.id, by: TEST_ACTOR })).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each(['pw_', `pw_${'x'.repeat(43)}`, 'pw_\0'])('that nobody made are refused: %j', async (token) => {
    await expect(auth.verify({ token })).rejects.toMatchObject({ code: 'unauthorized', message: 'This API token is not valid' });
  });

  it('note their last use, once a minute at most', async () => {
    const { token, id } = await create();
    const lastUse = async () => (await auth.listTokens({})).tokens.find((one) => one.id === id)?.last_used_at ?? null;
    const use = async () => {
      await auth.verify({ token });
      await expect.poll(lastUse).not.toBeNull();
      return lastUse();
    };
    const first = await use();
    expect(await use()).toBe(first);
    await store.query(`UPDATE api_token SET last_used_at = last_used_at - interval '2 minutes'`);
    const earlier = await lastUse();
    await auth.verify({ token });
    await expect.poll(lastUse).not.toBe(earlier);
  });

  it('of a viewer may read and nothing else', async () => {
    await add('grace', 'viewer');
    const { identity } = await session('grace');
    await expect(auth.createToken({ by: byOf(identity), name: 'x', scope: 'annotate', expires_in_days: 1 })).rejects.toMatchObject({
      code: 'bad_input',
      issues: [{ path: 'scope' }],
    });
  });

  it('have one name each, and an owner that exists', async () => {
    await create();
    await expect(create({ name: 'SCRIPT' })).rejects.toMatchObject({ code: 'conflict' });
    const { identity } = await session('ada');
    const orphan = auth.createToken({ by: byOf(identity), name: 'y', scope: 'read', expires_in_days: 1, user_id: randomUUID() });
    await expect(orphan).rejects.toMatchObject({ code: 'not_found' });
  });

  it('cannot be logged out', async () => {
    const identity = await auth.verify({ token: (await create()).token });
    await expect(auth.logout({ identity, by: TEST_ACTOR })).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('DELETE'),
    });
  });
});
