import { randomBytes, randomUUID } from 'node:crypto';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './open-store.ts';
import { MAX_BEARER_SESSIONS, MAX_RENEWABLE_SESSIONS, SESSION_IDLE_MS, type LoginSession } from './session-repository.ts';
import type { Store } from './store.ts';
import type { User } from './user-repository.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const DAY_MS = 24 * 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 25, 12);
const REPLICAS = 3;

let postgres: TestServer;
let replicas: Store[] = [];
let ada: User;
const first = (): Store => {
  const [store] = replicas;
  if (store === undefined) throw new Error('no store is open');
  return store;
};
const hash = (): Uint8Array => randomBytes(32);
const after = (ms: number): Date => new Date(NOW_MS + ms);

beforeAll(async () => {
  postgres = await startTestPostgres();
  replicas = await Promise.all(Array.from({ length: REPLICAS }, () => openStore({ url: postgres.url, log: silent })));
});
afterAll(async () => {
  await Promise.all(replicas.map((store) => store.close()));
  await postgres.dispose();
});
beforeEach(async () => {
  await first().query('TRUNCATE app_user CASCADE');
  ada = await first().users.create({ username: 'ada', passwordHash: 'hash', role: 'admin' });
});

interface Parts {
  user?: User;
  at?: Date;
  lastsMs?: number;
  tokenVersion?: number;
  isRenewable?: boolean;
}

async function tryToStart({ user = ada, at = after(0), lastsMs = 30 * DAY_MS, tokenVersion = 0, isRenewable = true }: Parts = {}) {
  const refresh = isRenewable ? { familyHash: hash(), secretHash: hash() } : null;
  const row = {
    userId: user.id,
    tokenVersion,
    at,
    expiresAt: new Date(at.getTime() + lastsMs),
    address: '192.0.2.1',
    client: 'curl',
    refresh,
  };
  return { session: await first().sessions.start(row), refresh: refresh ?? { familyHash: hash(), secretHash: hash() } };
}

async function start(parts: Parts = {}): Promise<LoginSession> {
  const { session } = await tryToStart(parts);
  if (session === null) throw new Error('the session was not started');
  return session;
}

describe('a session', () => {
  it('is found by its id until it expires', async () => {
    const session = await start({ lastsMs: DAY_MS });
    expect(session).toEqual({
      id: expect.any(String),
      userId: ada.id,
      username: 'ada',
      role: 'admin',
      startedAt: after(0),
      lastUsedAt: after(0),
      expiresAt: after(DAY_MS),
      address: '192.0.2.1',
      client: 'curl',
      isRenewable: true,
    });
    for (const { sessions } of replicas) expect(await sessions.find(session.id, after(DAY_MS - 1))).toEqual(session);
    expect(await first().sessions.find(session.id, after(DAY_MS))).toBeNull();
    for (const id of [randomUUID(), 'not a uuid', 'nul\0']) expect(await first().sessions.find(id, after(0))).toBeNull();
  });

  it('is over when nobody used it for a week, and goes on when somebody did', async () => {
    const { sessions } = first();
    const { id } = await start();
    expect(await sessions.find(id, after(SESSION_IDLE_MS - 1))).not.toBeNull();
    expect(await sessions.find(id, after(SESSION_IDLE_MS))).toBeNull();
    await sessions.noteUse([id, 'not a uuid'], after(DAY_MS));
    expect(await sessions.find(id, after(SESSION_IDLE_MS))).toMatchObject({ lastUsedAt: after(DAY_MS) });
    await sessions.noteUse([id], after(DAY_MS + 59_000));
    expect(await sessions.find(id, after(SESSION_IDLE_MS))).toMatchObject({ lastUsedAt: after(DAY_MS) });
  });

  it('that is over is not revived by its use', async () => {
    const { sessions } = first();
    const { id } = await start();
    await sessions.noteUse([id], after(SESSION_IDLE_MS));
    expect(await sessions.find(id, after(SESSION_IDLE_MS))).toBeNull();
  });

  it('is ended by its user and by nobody else', async () => {
    const { users, sessions } = first();
    const bob = await users.create({ username: 'bob', passwordHash: 'hash', role: 'viewer' });
    const { id } = await start();
    expect(await sessions.end({ id, userId: bob.id })).toBe(false);
    expect(await sessions.find(id, after(0))).not.toBeNull();
    expect(await sessions.end({ id, userId: ada.id })).toBe(true);
    expect(await sessions.find(id, after(0))).toBeNull();
    expect(await sessions.end({ id: 'not a uuid', userId: ada.id })).toBe(false);
  });

  it('does not start under a password that was changed meanwhile, and spares the one it was changed with', async () => {
    const { users, sessions } = first();
    const [mine, other] = [await start(), await start()];
    await users.changePassword(ada.id, 'second', { spareSessionId: mine.id });
    expect((await tryToStart()).session).toBeNull();
    expect(await sessions.find(mine.id, after(0))).not.toBeNull();
    expect(await sessions.find(other.id, after(0))).toBeNull();
    expect((await tryToStart({ tokenVersion: 1 })).session).not.toBeNull();
  });

  it('started at the same time as the password is changed does not outlive it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const user = await first().users.create({ username: `user-${round}`, passwordHash: 'hash', role: 'viewer' });
      const [{ session }] = await Promise.all([tryToStart({ user }), replicas[1]?.users.changePassword(user.id, 'second')]);
      expect(session === null ? null : await first().sessions.find(session.id, after(0))).toBeNull();
    }
  });

  it.each([
    ['another role', (id: string) => first().users.changeAccount(id, { role: 'viewer' })],
    ['being removed', (id: string) => first().users.remove(id)],
  ])('ends with its user %s', async (_, change) => {
    await first().users.create({ username: 'grace', passwordHash: 'hash', role: 'admin' });
    const { id } = await start();
    await change(ada.id);
    expect(await first().sessions.find(id, after(0))).toBeNull();
  });

  it('is listed with the others that go on, browsers first', async () => {
    const [program, old, newer, over] = [
      await start({ isRenewable: false, at: after(3000), lastsMs: DAY_MS }),
      await start({ at: after(1000) }),
      await start({ at: after(2000) }),
      await start({ lastsMs: 1000 }),
    ];
    const listed = await first().sessions.list(ada.id, after(4000));
    expect(listed.map(({ id }) => id)).toEqual([newer.id, old.id, program.id]);
    expect(listed).not.toContainEqual(over);
  });

  it('makes room for more than a user may have: what was used longest ago goes, kind by kind', async () => {
    await first().query(
      `INSERT INTO login_session (user_id, started_at, last_used_at, expires_at, address, family_hash, secret_hash)
       SELECT $1, $2, $2::timestamptz + n * interval '1 second', $3, '', CASE WHEN n <= $4::int THEN int4send(n) END, CASE WHEN n <= $4::int THEN '\\x00'::bytea END
       FROM generate_series(1, $4::int + $5::int) n`,
      [ada.id, after(0), after(DAY_MS), MAX_RENEWABLE_SESSIONS, MAX_BEARER_SESSIONS],
    );
    const counted = `SELECT count(*)::int AS n, count(family_hash)::int AS renewable, min(last_used_at) AS oldest FROM login_session`;
    await start({ at: after(DAY_MS / 2), isRenewable: false });
    expect(await first().query(counted)).toMatchObject([{ n: 2100, renewable: 100, oldest: after(1000) }]);
    await start({ at: after(DAY_MS / 2) });
    expect(await first().query(counted)).toMatchObject([{ n: 2100, renewable: 100, oldest: after(2000) }]);
  });
});

describe('a rotation', () => {
  const rotation = (hashes: { familyHash: Uint8Array; secretHash: Uint8Array }, at = after(1000)) => ({
    ...hashes,
    nextHash: hash(),
    salt: hash(),
    at,
    address: '192.0.2.2',
  });

  it('takes the newest token for the next one, notes when and from where, and keeps the hash before', async () => {
    const { sessions } = first();
    const { session, refresh } = await tryToStart();
    const taken = rotation(refresh);
    expect(await sessions.rotate(taken)).toEqual({ ...session, lastUsedAt: after(1000), address: '192.0.2.2' });
    expect(await sessions.rotate(rotation(refresh, after(2000)))).toBeNull();
    expect(await sessions.findFamily(refresh.familyHash)).toEqual({
      session: { ...session, lastUsedAt: after(1000), address: '192.0.2.2' },
      secretHash: taken.nextHash,
      lastRotation: { previousHash: refresh.secretHash, salt: taken.salt, at: after(1000) },
    });
    expect(await sessions.rotate(rotation({ ...refresh, secretHash: taken.nextHash }, after(2000)))).not.toBeNull();
    expect(await sessions.findFamily(hash())).toBeNull();
  });

  it('is won by one of all replicas that try at the same time', async () => {
    const { refresh } = await tryToStart();
    const tries = replicas.flatMap(({ sessions }) => [sessions.rotate(rotation(refresh)), sessions.rotate(rotation(refresh))]);
    expect((await Promise.all(tries)).filter((session) => session !== null)).toHaveLength(1);
  });

  it('revives nothing that is over', async () => {
    const { sessions } = first();
    const { refresh } = await tryToStart();
    expect(await sessions.rotate(rotation(refresh, after(SESSION_IDLE_MS)))).toBeNull();
    const short = await tryToStart({ lastsMs: DAY_MS });
    expect(await sessions.rotate(rotation(short.refresh, after(DAY_MS)))).toBeNull();
  });
});

describe('what is over', () => {
  it('is found among sessions and API tokens', async () => {
    const { sessions, apiTokens } = first();
    const [live, over] = [await start(), await start({ lastsMs: 1000 })];
    const token = { userId: ada.id, scope: 'read' } as const;
    const [api, expired] = await Promise.all([
      apiTokens.create({ ...token, name: 'a', tokenHash: hash(), expiresAt: null }),
      apiTokens.create({ ...token, name: 'b', tokenHash: hash(), expiresAt: after(1000) }),
    ]);
    const unknown = randomUUID();
    const ids = [live.id, over.id, api?.id ?? '', expired?.id ?? '', unknown, 'not a uuid'];
    expect(new Set(await sessions.findEnded(ids, after(1000)))).toEqual(new Set([over.id, expired?.id, unknown, 'not a uuid']));
    expect(await sessions.findEnded([], after(1000))).toEqual([]);
  });

  it('is deleted, so many at a time', async () => {
    const { sessions } = first();
    const live = await start();
    for (let count = 0; count < 5; count += 1) await start({ lastsMs: 1000 });
    expect(await sessions.removeExpired(3, after(1000))).toBe(3);
    expect(await sessions.removeExpired(3, after(1000))).toBe(2);
    expect(await first().query('SELECT id FROM login_session')).toEqual([{ id: live.id }]);
  });
});
