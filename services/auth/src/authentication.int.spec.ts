import { setTimeout as delay } from 'node:timers/promises';
import { PerfwatchError, type Identity } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, TEST_ACTOR, type TestServer } from '@perfwatch/testing';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthentication, type Authentication } from './authentication.ts';
import { LogInEvents } from './log-in-events.ts';
import { openSigningKeys, type SigningKeys } from './signing-key.ts';
import { addUser, listUsers, removeUser, setPassword, setRole } from './user-accounts.ts';

const KEY = 'sXr1m0yq3cJvZb7dK2uN8wTgPzHaLf4Q';
const PASSWORD = 'tulip-harbour-eleven';
const NEW_PASSWORD = 'walnut-canyon-twelve';
const DAY_MS = 24 * 3_600_000;
const address = '127.0.0.1';
const by = TEST_ACTOR;
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });

let postgres: TestServer;
let store: Store;
let keys: SigningKeys;
let auth: Authentication;
let broadcasts: { event: string; payload: unknown }[] = [];
let nowMs = Date.now();

const replica = (): Authentication =>
  createAuthentication({
    users: store.users,
    apiTokens: store.apiTokens,
    loginFailures: store.loginFailures,
    sessions: store.sessions,
    atomically: (work) => store.atomically(work),
    logInEvents: new LogInEvents({ auditEvents: store.auditEvents, log }),
    keys,
    log,
    broadcast: (event, payload) => broadcasts.push({ event, payload }),
    nowMs: () => nowMs,
  });
const logIn = async (password = PASSWORD, username = 'ada'): Promise<string> =>
  (await auth.login({ username, password, address })).access_token;
const session = async (): Promise<{ token: string; identity: Identity }> => {
  const token = await logIn();
  return { token, identity: await auth.verify({ token }) };
};
const change = (identity: Identity, words: { current?: string; next?: string } = {}) =>
  auth.changePassword({ identity, current_password: words.current ?? PASSWORD, new_password: words.next ?? NEW_PASSWORD, by });
const wrongField = (path: string): unknown => expect.objectContaining({ code: 'bad_input', issues: [expect.objectContaining({ path })] });
const unauthorized: unknown = expect.objectContaining({ name: 'PerfwatchError', code: 'unauthorized' });

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openStore({ url: postgres.url, log });
  keys = await openSigningKeys({ config: { jwtSecret: KEY, jwtSecretPrevious: null, dataDir: '/nonexistent' }, log });
});
afterAll(async () => {
  await store.close();
  await postgres.dispose();
});
beforeEach(async () => {
  await store.query('TRUNCATE app_user, login_failure, audit_event CASCADE');
  await addUser(store, { username: 'ada', password: PASSWORD, role: 'viewer', by: null });
  broadcasts = [];
  nowMs = Date.now();
  auth = replica();
});

describe('log-in', () => {
  it('gives a token that says who one is, for 24 hours', async () => {
    const reply = await auth.login({ username: 'ADA', password: PASSWORD, address });
    expect(reply).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 86_400, refresh: null });
    const identity = await auth.verify({ token: reply.access_token });
    expect(identity).toMatchObject({ username: 'ada', role: 'viewer' });
    const expiresAtMs = identity.expiresAtMs ?? 0;
    expect(Math.abs(expiresAtMs - nowMs - DAY_MS)).toBeLessThanOrEqual(1000);
    const expires_at = new Date(expiresAtMs).toISOString();
    expect(await auth.me({ identity })).toEqual({ id: identity.userId, username: 'ada', role: 'viewer', expires_at, scope: null });
  });

  it('does not tell a wrong password from a user that does not exist', async () => {
    const refusals = await Promise.allSettled([
      logIn('wrong-password'),
      logIn(PASSWORD, 'nobody'),
      logIn(PASSWORD, 'no\0body'),
      logIn('x'.repeat(1024)),
    ]);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 'rejected', reason: { code: 'unauthorized', message: 'Wrong user name or password' } });
    }
  });

  it('works for as many at once as come', async () => {
    const tokens = await Promise.all(Array.from({ length: 12 }, () => logIn()));
    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('makes who keeps failing wait, then lets the right password in', async () => {
    for (let failure = 0; failure < 6; failure += 1) await expect(logIn('wrong-password')).rejects.toEqual(unauthorized);
    await expect(logIn()).rejects.toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 1 });
    await expect(auth.login({ username: 'ada', password: PASSWORD, address: '10.0.0.9' })).resolves.toBeDefined();
    await delay(1000);
    await expect(logIn()).resolves.toBeDefined();
    await expect(logIn('wrong-password')).rejects.toEqual(unauthorized);
    await expect(logIn()).resolves.toBeDefined();
  });

  it('checks no more passwords of a flood than of one try after another', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 30 }, () => logIn('wrong-password')));
    const codes = tries.map((outcome) =>
      outcome.status === 'rejected' && outcome.reason instanceof PerfwatchError ? outcome.reason.code : 'let in',
    );
    expect(codes.filter((code) => code === 'unauthorized')).toHaveLength(6);
    expect(new Set(codes)).toEqual(new Set(['unauthorized', 'too_many_requests']));
  });
});

describe('a token', () => {
  it('is refused when it is forged, expired or of a user that is gone', async () => {
    const token = await logIn();
    const claims = jwt.verify(token, KEY);
    for (const forged of [
      '',
      'x.y.z',
      jwt.sign(claims, 'another key of some length, 32 bytes'),
      jwt.sign(claims, null, { algorithm: 'none' }),
    ]) {
      await expect(auth.verify({ token: forged })).rejects.toEqual(unauthorized);
    }
    nowMs += DAY_MS + 1000;
    await expect(auth.verify({ token })).rejects.toMatchObject({ code: 'unauthorized', message: expect.stringMatching(/ended/) });
    nowMs -= DAY_MS;
    await expect(auth.verify({ token })).resolves.toBeDefined();
    await store.query('DELETE FROM app_user');
    await expect(auth.verify({ token })).rejects.toEqual(unauthorized);
  });

  it('ends with log-out, everywhere and alone', async () => {
    const [ended, other] = [await session(), await session()];
    expect(await auth.logout({ identity: ended.identity, by })).toBeNull();
    expect(await auth.logout({ identity: ended.identity, by })).toBeNull();
    await expect(replica().verify({ token: ended.token })).rejects.toEqual(unauthorized);
    await expect(replica().verify({ token: other.token })).resolves.toEqual(other.identity);
    expect(broadcasts[0]).toEqual({ event: 'auth.revoked', payload: { tokenId: ended.identity.tokenId } });
  });

  it('speaks for the role that its user has now', async () => {
    const { token } = await session();
    await store.query(`UPDATE app_user SET role = 'admin'`);
    expect(await auth.verify({ token })).toMatchObject({ role: 'admin' });
  });
});

describe('a password change', () => {
  it('ends every other token of that user, spares this one, and takes the new password only', async () => {
    await addUser(store, { username: 'grace', password: PASSWORD, role: 'viewer', by: null });
    const grace = await logIn(PASSWORD, 'grace');
    const [mine, other] = [await session(), await session()];
    expect(await change(mine.identity)).toBeNull();
    await expect(replica().verify({ token: mine.token })).resolves.toEqual(mine.identity);
    await expect(replica().verify({ token: other.token })).rejects.toEqual(unauthorized);
    await expect(replica().verify({ token: grace })).resolves.toBeDefined();
    await expect(logIn()).rejects.toEqual(unauthorized);
    await expect(logIn(NEW_PASSWORD)).resolves.toBeDefined();
    expect(broadcasts).toEqual([
      { event: 'auth.revoked', payload: { userId: mine.identity.userId, exceptTokenId: mine.identity.tokenId } },
    ]);
  });

  it('spares a token no longer than until the next change from another session', async () => {
    const mine = await session();
    await change(mine.identity);
    await change(mine.identity, { current: NEW_PASSWORD, next: 'orchid-glacier-five' });
    await expect(auth.verify({ token: mine.token })).resolves.toBeDefined();
    const token = await logIn('orchid-glacier-five');
    await change(await auth.verify({ token }), { current: 'orchid-glacier-five', next: PASSWORD });
    await expect(auth.verify({ token: mine.token })).rejects.toEqual(unauthorized);
    await expect(auth.verify({ token })).resolves.toBeDefined();
  });

  it('leaves a spared token that can still be logged out', async () => {
    const mine = await session();
    await change(mine.identity);
    await auth.logout({ identity: mine.identity, by });
    await expect(auth.verify({ token: mine.token })).rejects.toEqual(unauthorized);
  });

  it('needs the current password and a good new one, and else changes nothing', async () => {
    const [mine, other] = [await session(), await session()];
    await expect(change(mine.identity, { current: 'wrong-password' })).rejects.toEqual(wrongField('current_password'));
    await expect(change(mine.identity, { next: 'password123' })).rejects.toEqual(wrongField('new_password'));
    await expect(change(mine.identity, { next: 'short' })).rejects.toEqual(wrongField('new_password'));
    await expect(auth.verify({ token: other.token })).resolves.toBeDefined();
    await expect(logIn()).resolves.toBeDefined();
    expect(broadcasts).toEqual([]);
  });

  it('slows down who guesses the current password with a token', async () => {
    const { identity } = await session();
    for (let failure = 0; failure < 6; failure += 1) {
      await expect(change(identity, { current: 'wrong-password' })).rejects.toMatchObject({ code: 'bad_input' });
    }
    await expect(change(identity)).rejects.toMatchObject({ code: 'too_many_requests' });
  });

  it('lets one of two changes at the same time win', async () => {
    const [one, two] = [await session(), await session()];
    const outcomes = await Promise.allSettled([
      change(one.identity, { next: 'orchid-glacier-five' }),
      replica().changePassword({ identity: two.identity, current_password: PASSWORD, new_password: NEW_PASSWORD, by }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const survivors = await Promise.allSettled([auth.verify({ token: one.token }), auth.verify({ token: two.token })]);
    expect(survivors.map(({ status }) => status)).toEqual(outcomes.map(({ status }) => status));
  });
});

describe('the accounts of the command line', () => {
  it('are listed without their hashes', async () => {
    const [account] = await listUsers(store.users);
    expect(account).toEqual({ id: expect.any(String), username: 'ada', role: 'viewer', createdAt: expect.any(Date) });
  });

  it('end every token when their password is set', async () => {
    const mine = await session();
    await change(mine.identity);
    await setPassword(store, { username: 'Ada', password: 'orchid-glacier-five' });
    await expect(auth.verify({ token: mine.token })).rejects.toEqual(unauthorized);
    await expect(logIn('orchid-glacier-five')).resolves.toBeDefined();
  });

  it.each([
    [{ username: 'a b', password: PASSWORD }, 'bad_input'],
    [{ username: 'grace', password: 'short' }, 'bad_input'],
    [{ username: 'grace', password: 'grace12345' }, 'bad_input'],
    [{ username: 'ADA', password: PASSWORD }, 'conflict'],
  ] as const)('refuse %j', async (account, code) => {
    await expect(addUser(store, { ...account, role: 'viewer', by: null })).rejects.toMatchObject({ code });
    expect(await store.users.count()).toBe(1);
  });

  it('change role and go, with their sessions, but for the last administrator', async () => {
    const mine = await session();
    expect(await setRole(store, { username: 'ADA', role: 'admin' })).toMatchObject({ username: 'ada', role: 'admin' });
    await expect(auth.verify({ token: mine.token })).rejects.toEqual(unauthorized);
    const token = await logIn();
    for (const refused of [setRole(store, { username: 'ada', role: 'viewer' }), removeUser(store, 'ada')]) {
      await expect(refused).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('last administrator') });
    }
    await expect(auth.verify({ token })).resolves.toMatchObject({ role: 'admin' });
    await addUser(store, { username: 'grace', password: PASSWORD, role: 'admin', by: null });
    expect(await removeUser(store, 'Ada')).toMatchObject({ username: 'ada' });
    await expect(auth.verify({ token })).rejects.toEqual(unauthorized);
  });

  it('refuse what is to be done to a user that does not exist', async () => {
    const username = 'nobody';
    const unknown = { code: 'not_found' };
    await expect(setPassword(store, { username, password: PASSWORD })).rejects.toMatchObject(unknown);
    await expect(setRole(store, { username, role: 'admin' })).rejects.toMatchObject(unknown);
    await expect(removeUser(store, username)).rejects.toMatchObject(unknown);
  });
});
