import { randomUUID } from 'node:crypto';
import type { Actor, AuditQuery, Identity } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, TEST_ACTOR, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuditTrail } from './audit-trail.ts';
import { createAuthentication } from './authentication.ts';
import { LogInEvents } from './log-in-events.ts';
import { openSigningKeys, type SigningKeys } from './signing-key.ts';
import { createTokenAdministration } from './token-administration.ts';
import { createUserAdministration } from './user-administration.ts';

const PASSWORD = 'tulip-harbour-eleven';
const address = '127.0.0.1';
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });

let postgres: TestServer;
let store: Store;
let keys: SigningKeys;

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
  const broadcast = () => undefined;
  return {
    ...createAuthentication({ ...parts, broadcast }),
    ...createUserAdministration({ store, log, broadcast }),
    ...createTokenAdministration({ store, log, broadcast }),
    ...createAuditTrail({ auditEvents }),
    stop: () => logInEvents.stop(),
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
  auth = startActions();
  await add('ada', 'admin');
});

describe('the audit trail', () => {
  const events = async (query: Partial<AuditQuery> = {}) => (await auth.auditEvents({ limit: 100, ...query })).events.toReversed();
  const told = async (query: Partial<AuditQuery> = {}) =>
    (await events(query)).map(({ action, actor, target, details }) => ({ action, by: actor?.username ?? null, target, details }));

  it('tells of every change to users and tokens, who made it, and no secret', async () => {
    await store.query('TRUNCATE audit_event');
    const grace = await add('grace', 'viewer');
    await auth.updateUser({ id: grace.id, role: 'admin', password: 'walnut-canyon-twelve', by: TEST_ACTOR });
    const by = { ...TEST_ACTOR, apiTokenId: randomUUID() };
    const { id, token } = await auth.createToken({ by, name: 'script', scope: 'admin', expires_in_days: null, user_id: grace.id });
    await auth.removeToken({ id, by });
    await auth.removeUser({ id: grace.id, by });
    const tester = TEST_ACTOR.username;
    expect(await told()).toEqual([
      { action: 'user_created', by: tester, target: 'grace', details: { role: 'viewer' } },
      { action: 'user_changed', by: tester, target: 'grace', details: { role: 'admin', password: 'changed' } },
      { action: 'token_created', by: tester, target: 'script of grace', details: { id, scope: 'admin', expires_at: null } },
      { action: 'token_deleted', by: tester, target: 'script of grace', details: { id, scope: 'admin' } },
      { action: 'user_deleted', by: tester, target: 'grace', details: { role: 'admin' } },
    ]);
    const [first, , third] = await events();
    expect(first).toMatchObject({ address: TEST_ACTOR.address, actor: { user_id: TEST_ACTOR.userId, api_token_id: null } });
    expect(third?.actor?.api_token_id).toBe(by.apiTokenId);
    const text = JSON.stringify(await store.query('SELECT audit_event::text AS row FROM audit_event'));
    for (const secret of [PASSWORD, 'walnut-canyon-twelve', token, '$2b$']) expect(text).not.toContain(secret);
  });

  it('tells of log-ins, those that failed, log-outs and changes of the password', async () => {
    await store.query('TRUNCATE audit_event');
    const { identity } = await session('ada');
    const by = byOf(identity);
    for (const username of ['ada', 'typed-here-by-mistake', 'ada'])
      await expect(auth.login({ username, password: 'wrong-password', address })).rejects.toMatchObject({ code: 'unauthorized' });
    const change = { identity, by, new_password: 'walnut-canyon-twelve' };
    await expect(auth.changePassword({ ...change, current_password: 'wrong-password' })).rejects.toMatchObject({ code: 'bad_input' });
    await auth.changePassword({ ...change, current_password: PASSWORD });
    await auth.logout({ identity, by });
    await auth.stop();
    const failed = { action: 'login_failed', by: null };
    const all = await told();
    const expected = [
      { ...failed, target: null, details: { reason: 'wrong_password' } },
      { ...failed, target: 'ada', details: { reason: 'wrong_current_password' } },
      { ...failed, target: 'ada', details: { reason: 'wrong_password' } },
      { ...failed, target: 'ada', details: { reason: 'wrong_password', times: 1 } },
      { action: 'login', by: 'ada', target: null, details: {} },
      { action: 'logout', by: 'ada', target: null, details: {} },
      { action: 'password_changed', by: 'ada', target: 'ada', details: {} },
    ];
    expect(all).toHaveLength(expected.length);
    expect(all).toEqual(expect.arrayContaining(expected));
    expect(JSON.stringify(all)).not.toContain('typed-here-by-mistake');
    expect(new Set((await events({ action: 'login_failed' })).map((event) => event.address))).toEqual(new Set([address, by.address]));
  });

  it('is read by the page, until there is no more', async () => {
    await store.query('TRUNCATE audit_event');
    for (let index = 0; index < 5; index += 1) await add(`user-${index}`, 'viewer');
    const pages: (string | null)[][] = [];
    let before: number | undefined;
    do {
      const { events: page, next } = await auth.auditEvents({ limit: 2, before });
      pages.push(page.map(({ target }) => target));
      before = next ?? undefined;
    } while (before !== undefined);
    expect(pages).toEqual([['user-4', 'user-3'], ['user-2', 'user-1'], ['user-0']]);
  });

  it('keeps what is not written down from being done, but nobody from logging in', async () => {
    const [ada] = (await auth.listUsers({})).users;
    await store.query('ALTER TABLE audit_event ADD CONSTRAINT refused CHECK (id < 0) NOT VALID');
    try {
      await expect(add('grace', 'admin')).rejects.toMatchObject({ code: 'internal' });
      await expect(auth.removeUser({ id: ada?.id ?? '', by: TEST_ACTOR })).rejects.toMatchObject({ code: 'conflict' });
      await expect(session('ada')).resolves.toMatchObject({ identity: { username: 'ada' } });
    } finally {
      await store.query('ALTER TABLE audit_event DROP CONSTRAINT refused');
    }
    expect((await auth.listUsers({})).users.map(({ username }) => username)).toEqual(['ada']);
  });
});
