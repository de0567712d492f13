import type { Identity, IssuedTokens } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { openStore, type Store, type User } from '@perfwatch/store';
import { startTestPostgres, TEST_ACTOR, type TestServer } from '@perfwatch/testing';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LogInEvents } from './log-in-events.ts';
import { createLoginSessions, type LoginSessions } from './login-sessions.ts';
import { openSigningKeys, type SigningKeys } from './signing-key.ts';

const SECRET = 'sXr1m0yq3cJvZb7dK2uN8wTgPzHaLf4Q';
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const ended: unknown = expect.objectContaining({ code: 'unauthorized', message: expect.stringMatching(/ended/) });
const by = TEST_ACTOR;

let postgres: TestServer;
let stores: Store[] = [];
let store: Store;
let keys: SigningKeys;
let ada: User;
let logIns: LoginSessions;
let nowMs = Date.now();
let broadcasts: unknown[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  stores = await Promise.all(Array.from({ length: 3 }, () => openStore({ url: postgres.url, log })));
  const [first] = stores;
  if (first === undefined) throw new Error('no store is open');
  store = first;
  keys = await openSigningKeys({ config: { jwtSecret: SECRET, jwtSecretPrevious: null, dataDir: '/nonexistent' }, log });
});
afterAll(async () => {
  await Promise.all(stores.map((one) => one.close()));
  await postgres.dispose();
});

const replica = (own: Store = store): LoginSessions =>
  createLoginSessions({
    sessions: own.sessions,
    atomically: (work) => own.atomically(work),
    logInEvents: new LogInEvents({ auditEvents: own.auditEvents, log }),
    keys,
    log,
    broadcast: (event, payload) => broadcasts.push({ event, payload }),
    nowMs: () => nowMs,
  });

beforeEach(async () => {
  await store.query('TRUNCATE app_user CASCADE');
  ada = await store.users.create({ username: 'ada', passwordHash: 'hash', role: 'viewer' });
  nowMs = Math.floor(Date.now() / 1000) * 1000;
  broadcasts = [];
  logIns = replica();
});

const start = (session: 'cookie' | 'bearer' = 'cookie', user = ada) =>
  logIns.start(user, { session, address: '192.0.2.1', userAgent: USER_AGENT });
const refreshTokenOf = ({ refresh }: IssuedTokens): string => {
  if (refresh === null) throw new Error('there is no refresh token');
  return refresh.token;
};
const refresh = (from: IssuedTokens | string, by_ = logIns) =>
  by_.refresh({ token: typeof from === 'string' ? from : refreshTokenOf(from), address: '192.0.2.2' });
const verify = ({ access_token: token }: IssuedTokens): Promise<Identity> => logIns.verify(token);

describe('a log-in', () => {
  it('of a program is one token of a day, and nothing to renew it with', async () => {
    const tokens = await start('bearer');
    expect(tokens).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 86_400, refresh: null });
    expect(await verify(tokens)).toEqual({
      userId: ada.id,
      username: 'ada',
      role: 'viewer',
      tokenId: expect.any(String),
      expiresAtMs: nowMs + DAY_MS,
      scope: null,
    });
    nowMs += DAY_MS;
    await expect(verify(tokens)).rejects.toEqual(ended);
  });

  it('of a browser is a token of a quarter of an hour, and one that renews it for a week', async () => {
    const tokens = await start();
    expect(tokens).toMatchObject({ expires_in: 900, refresh: { lifetimeSeconds: 7 * 86_400 } });
    await expect(verify(tokens)).resolves.toMatchObject({ expiresAtMs: nowMs + 15 * MINUTE_MS });
    nowMs += 15 * MINUTE_MS;
    await expect(verify(tokens)).rejects.toEqual(ended);
    await expect(verify(await refresh(tokens))).resolves.toMatchObject({ username: 'ada' });
  });

  it('is kept as hashes alone', async () => {
    const tokens = await refresh(await start());
    const stored = JSON.stringify(
      await store.query('SELECT *, family_hash::text, secret_hash::text, rotation_salt::text FROM login_session'),
    );
    for (const part of refreshTokenOf(tokens).split('.')) expect(stored).not.toContain(part);
  });

  it('does not begin for a user who was changed since the password was checked', async () => {
    await store.users.changePassword(ada.id, 'second');
    await expect(start()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('speaks for the role that its user has now', async () => {
    const tokens = await start();
    await store.query(`UPDATE app_user SET role = 'admin'`);
    expect(await verify(tokens)).toMatchObject({ role: 'admin' });
  });

  it('is over once it has ended, whatever its tokens say, on every replica', async () => {
    const [tokens, other] = [await start(), await start()];
    const identity = await verify(tokens);
    await logIns.endSession({ identity, id: identity.tokenId, by });
    for (const own of stores) await expect(replica(own).verify(tokens.access_token)).rejects.toEqual(ended);
    await expect(refresh(tokens)).rejects.toEqual(ended);
    await expect(verify(other)).resolves.toBeDefined();
    expect(broadcasts).toEqual([{ event: 'auth.revoked', payload: { tokenId: identity.tokenId } }]);
  });

  it('is nobody else’s, even signed by us', async () => {
    const { tokenId } = await verify(await start());
    const claims = { sub: 'someone-else', sid: tokenId, iat: nowMs / 1000, exp: nowMs / 1000 + 60, role: 'admin' };
    const forged = jwt.sign(claims, SECRET, { algorithm: 'HS256', keyid: keys.current().kid });
    await expect(logIns.verify(forged)).rejects.toEqual(ended);
  });
});

describe('a refresh token', () => {
  it('is good for one renewal, which gives the next', async () => {
    const first = await start();
    const second = await refresh(first);
    expect(refreshTokenOf(second)).not.toBe(refreshTokenOf(first));
    const third = await refresh(second);
    expect((await verify(third)).tokenId).toBe((await verify(first)).tokenId);
  });

  it('that is used again later ends the session, with all its tokens, on every replica', async () => {
    const stolen = await start();
    const owners = await refresh(stolen);
    const { tokenId } = await verify(owners);
    nowMs += 30_001;
    await expect(refresh(stolen)).rejects.toEqual(ended);
    expect(broadcasts).toEqual([{ event: 'auth.revoked', payload: { tokenId } }]);
    for (const own of stores) {
      await expect(replica(own).verify(owners.access_token)).rejects.toEqual(ended);
      await expect(refresh(owners, replica(own))).rejects.toEqual(ended);
    }
  });

  it('from two renewals ago ends it at once', async () => {
    const first = await start();
    const newest = await refresh(await refresh(first));
    await expect(refresh(first)).rejects.toEqual(ended);
    await expect(verify(newest)).rejects.toEqual(ended);
  });

  it('of the family that never was given out ends it too: who made it had one', async () => {
    const tokens = await start();
    const [family = ''] = refreshTokenOf(tokens).split('.');
    await expect(refresh(`${family}.${'x'.repeat(43)}`)).rejects.toEqual(ended);
    await expect(verify(tokens)).rejects.toEqual(ended);
  });

  it('that comes twice within half a minute gets the same one again: two tabs, or a lost answer', async () => {
    const first = await start();
    const [one, other] = [await refresh(first), await refresh(first)];
    expect(refreshTokenOf(other)).toBe(refreshTokenOf(one));
    nowMs += 30_000;
    const late = await refresh(first);
    expect(refreshTokenOf(late)).toBe(refreshTokenOf(one));
    await expect(verify(await refresh(late))).resolves.toBeDefined();
    expect(broadcasts).toEqual([]);
  });

  it('is one and the same for all who come at the same time, on whatever replica', async () => {
    const first = await start();
    const answers = await Promise.all(stores.flatMap((own) => [refresh(first, replica(own)), refresh(first, replica(own))]));
    expect(new Set(answers.map(refreshTokenOf)).size).toBe(1);
    await expect(refresh(answers[3] ?? '')).resolves.toBeDefined();
  });

  it('ends with its session: unused for a week, or after thirty days', async () => {
    const idle = await start();
    nowMs += 7 * DAY_MS;
    await expect(refresh(idle)).rejects.toEqual(ended);
    let tokens = await start();
    for (let day = 0; day < 29; day += 1) {
      nowMs += DAY_MS;
      tokens = await refresh(tokens);
    }
    nowMs += DAY_MS - 60_000;
    tokens = await refresh(tokens);
    expect(tokens).toMatchObject({ expires_in: 60, refresh: { lifetimeSeconds: 60 } });
    nowMs += 60_000;
    await expect(refresh(tokens)).rejects.toEqual(ended);
    expect(broadcasts).toEqual([]);
  });

  it.each(['', 'x', '.', `${'x'.repeat(43)}.${'y'.repeat(43)}`, 'x'.repeat(100_000), 'a\0b'])(
    'that nobody gave out is refused: %j',
    async (text) => {
      const tokens = await start();
      await expect(refresh(text)).rejects.toEqual(ended);
      await expect(verify(tokens)).resolves.toBeDefined();
    },
  );
});

describe('the sessions of a user', () => {
  it('are listed with where and since when, and which one asks', async () => {
    const bob = await store.users.create({ username: 'bob', passwordHash: 'hash', role: 'viewer' });
    await start('cookie', bob);
    const browser = await start();
    const program = await start('bearer');
    nowMs += MINUTE_MS;
    const renewed = await refresh(browser);
    const identity = await verify(program);
    const { sessions } = await logIns.listSessions({ identity });
    const at = (ms: number) => new Date(ms).toISOString();
    expect(sessions).toEqual([
      {
        id: (await verify(renewed)).tokenId,
        kind: 'browser',
        client: 'Firefox on Linux',
        address: '192.0.2.2',
        started_at: at(nowMs - MINUTE_MS),
        last_used_at: at(nowMs),
        expires_at: at(nowMs - MINUTE_MS + 30 * DAY_MS),
        is_current: false,
      },
      expect.objectContaining({ id: identity.tokenId, kind: 'program', address: '192.0.2.1', is_current: true }),
    ]);
  });

  it('are ended by nobody else', async () => {
    const bob = await store.users.create({ username: 'bob', passwordHash: 'hash', role: 'admin' });
    const tokens = await start();
    const identity = await verify(await start('cookie', bob));
    const { tokenId: id } = await verify(tokens);
    await expect(logIns.endSession({ identity, id, by })).rejects.toMatchObject({ code: 'not_found' });
    await expect(verify(tokens)).resolves.toBeDefined();
    expect(broadcasts).toEqual([]);
  });

  it('note that they are used, by requests and by open connections', async () => {
    const [asking, connected] = [await start('bearer'), await start('bearer')];
    const ids = [(await verify(asking)).tokenId, (await verify(connected)).tokenId];
    nowMs += 5 * MINUTE_MS;
    await verify(asking);
    expect(await logIns.findEnded({ tokenIds: ids.slice(1) })).toEqual({ tokenIds: [] });
    const used = async () =>
      (await Promise.all(ids.map((id) => store.sessions.find(id, new Date(nowMs))))).map((one) => one?.lastUsedAt.getTime());
    await expect.poll(used).toEqual([nowMs, nowMs]);
  });

  it('are told apart from those that are over', async () => {
    const [live, over] = [await verify(await start()), await verify(await start())];
    await store.sessions.end({ id: over.tokenId, userId: ada.id });
    expect(await logIns.findEnded({ tokenIds: [live.tokenId, over.tokenId] })).toEqual({ tokenIds: [over.tokenId] });
  });
});
