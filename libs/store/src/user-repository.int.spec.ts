import { randomUUID } from 'node:crypto';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const REPLICAS = 3;
const ada = { username: 'Ada', passwordHash: 'hash of ada', role: 'admin' } as const;

let postgres: TestServer;
let replicas: Store[] = [];
const first = (): Store => {
  const [store] = replicas;
  if (store === undefined) throw new Error('no store is open');
  return store;
};

beforeAll(async () => {
  postgres = await startTestPostgres();
  replicas = await Promise.all(Array.from({ length: REPLICAS }, () => openStore({ url: postgres.url, log: silent })));
});
afterAll(async () => {
  await Promise.all(replicas.map((store) => store.close()));
  await postgres.dispose();
});
beforeEach(() => first().query('TRUNCATE app_user CASCADE'));

describe('users', () => {
  it('are found by id and by name in any case', async () => {
    const { users } = first();
    const user = await users.create(ada);
    expect(user).toMatchObject({ ...ada, tokenVersion: 0 });
    expect(await users.findById(user.id)).toEqual(user);
    expect(await users.findByUsername('aDA')).toEqual(user);
    expect(await users.findByUsername('ad')).toBeNull();
    expect(await users.findById(randomUUID())).toBeNull();
  });

  it.each(['', 'not a uuid', 'nul\0', "'; DROP TABLE app_user; --", '%'])('are not found by %j', async (text) => {
    const { users } = first();
    await users.create(ada);
    expect(await users.findById(text)).toBeNull();
    expect(await users.findByUsername(text)).toBeNull();
    expect(await users.count()).toBe(1);
  });

  it('are listed by name', async () => {
    const { users } = first();
    for (const username of ['grace', 'Ada', 'barbara']) await users.create({ ...ada, username });
    expect((await users.list()).map(({ username }) => username)).toEqual(['Ada', 'barbara', 'grace']);
  });

  it('cannot share a name, whatever its case', async () => {
    const { users } = first();
    await users.create(ada);
    await expect(users.create({ ...ada, username: 'ADA' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('ADA'),
    });
  });
});

describe('the first user', () => {
  it('is made once, however many replicas try at the same time', async () => {
    const tries = replicas.flatMap(({ users }, replica) =>
      Array.from({ length: 4 }, (_, attempt) => users.createFirst({ ...ada, username: `first-${replica}-${attempt}` })),
    );
    const made = (await Promise.all(tries)).filter((user) => user !== null);
    expect(made).toHaveLength(1);
    expect(await first().users.list()).toEqual(made);
  });

  it('is not made where there is a user', async () => {
    const { users } = first();
    await users.create({ ...ada, role: 'viewer' });
    expect(await users.createFirst({ ...ada, username: 'other' })).toBeNull();
    expect(await users.count()).toBe(1);
  });
});

describe('a changed password', () => {
  it('raises the token version every time', async () => {
    const { users } = first();
    const { id } = await users.create(ada);
    expect(await users.changePassword(id, 'second')).toMatchObject({ passwordHash: 'second', tokenVersion: 1 });
    expect(await users.findById(id)).toMatchObject({ passwordHash: 'second', tokenVersion: 1 });
    expect(await users.changePassword(id, 'third')).toMatchObject({ passwordHash: 'third', tokenVersion: 2 });
  });

  it('wins over another change at the same time only once', async () => {
    const { users } = first();
    const { id } = await users.create(ada);
    const changes = replicas.map((store, index) => store.users.changePassword(id, `new-${index}`, { expectedHash: ada.passwordHash }));
    expect((await Promise.all(changes)).filter((user) => user !== null)).toHaveLength(1);
    expect(await users.findById(id)).toMatchObject({ tokenVersion: 1 });
  });

  it('is null for a user that is gone', async () => {
    expect(await first().users.changePassword(randomUUID(), 'hash')).toBeNull();
  });
});
