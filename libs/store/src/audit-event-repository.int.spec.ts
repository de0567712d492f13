import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_DETAILS_BYTES, type NewAuditEvent } from './audit-event-repository.ts';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const ADA = { userId: '3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', username: 'Ada', apiTokenId: null, address: '192.0.2.8' };
const GRACE = {
  userId: '6f0d7a52-8a3f-4c3e-9d43-0d6f4b1c2e9a',
  username: 'grace',
  apiTokenId: '0b7c3c55-53d9-4c6e-8f1a-7d1f3d0b9c11',
  address: '192.0.2.7',
};
const DAY_MS = 86_400_000;

let postgres: TestServer;
let store: Store;

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openStore({ url: postgres.url, log: silent });
});
afterAll(async () => {
  await store.close();
  await postgres.dispose();
});
beforeEach(() => store.query('TRUNCATE audit_event, app_user CASCADE'));

const write = (event: Partial<NewAuditEvent>) => store.auditEvents.write({ action: 'login', by: null, target: null, ...event });
const count = async () => (await store.auditEvents.list({ limit: 10_000 })).length;

describe('the audit trail', () => {
  it('tells what was written, newest first', async () => {
    await write({ action: 'user_created', by: GRACE, target: 'linus', details: { role: 'viewer' } });
    await write({ action: 'login_failed', address: '2001:db8::1', at: new Date('2026-11-23T19:20:31Z') });
    const [second, first] = await store.auditEvents.list({ limit: 10 });
    const { address, ...actor } = GRACE;
    expect(first).toMatchObject({
      action: 'user_created',
      actor,
      address,
      target: 'linus',
      details: { role: 'viewer' },
    });
    expect(Math.abs((first?.at.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(second).toMatchObject({ actor: null, address: '2001:db8::1', target: null, details: {}, at: new Date('2026-11-23T19:20:31Z') });
    expect(second?.id).toBeGreaterThan(first?.id ?? Infinity);
  });

  it('is read by the page, by action and by who did it, whatever the case of the name', async () => {
    for (const actor of [ADA, GRACE, ADA, GRACE, ADA]) await write({ by: actor });
    await write({ by: GRACE, action: 'logout' });
    const list = async (query: object) => (await store.auditEvents.list({ limit: 2, ...query })).map(({ id }) => id);
    const ids = (await store.auditEvents.list({ limit: 10 })).map(({ id }) => id);
    expect(await list({})).toEqual([ids[0], ids[1]]);
    expect(await list({ before: ids[1] })).toEqual([ids[2], ids[3]]);
    expect(await list({ before: ids[5] })).toEqual([]);
    expect(await list({ action: 'logout' })).toEqual([ids[0]]);
    expect(await list({ actor: 'aDA' })).toEqual([ids[1], ids[3]]);
    expect(await list({ actor: 'ada', before: ids[3], action: 'login' })).toEqual([ids[5]]);
    expect(await list({ actor: "' OR 1=1 --" })).toEqual([]);
  });

  it('cuts details that are too long, and says so', async () => {
    await write({ details: { short: 'x' } });
    await write({ details: { long: '"\\\u0001😀'.repeat(3000) } });
    const [cut, whole] = await store.auditEvents.list({ limit: 2 });
    expect(whole?.details).toEqual({ short: 'x' });
    expect(cut?.details).toMatchObject({ cut: true, beginning: expect.stringContaining('{"long":"') });
    const [row] = await store.query<{ bytes: number }>('SELECT max(octet_length(details::text)) AS bytes FROM audit_event');
    expect(row?.bytes).toBeLessThanOrEqual(MAX_DETAILS_BYTES);
  });

  it('takes what PostgreSQL cannot, without it', async () => {
    await write({ details: { name: 'a\0b\ud800c' } });
    expect((await store.auditEvents.list({ limit: 1 }))[0]?.details).toEqual({ name: 'ab\ufffdc' });
  });

  it('loses what is too old, and the oldest of what there is too much of, in batches', async () => {
    const before = new Date(Date.now() - 365 * DAY_MS);
    for (let age = 0; age < 7; age += 1) await write({ action: 'logout', at: new Date(before.getTime() - 1000 + age * 500) });
    for (let index = 0; index < 6; index += 1) await write({ action: 'login_failed', target: `flood ${index}` });
    await write({ action: 'user_deleted' });
    const bounds = { before, maxPerAction: 2, batch: 1 };
    const counts = [];
    for (let gone = await store.auditEvents.expire(bounds); gone > 0; gone = await store.auditEvents.expire(bounds)) counts.push(gone);
    expect(Math.max(...counts)).toBeLessThanOrEqual(3);
    const left = await store.auditEvents.list({ limit: 100 });
    expect(left.map(({ action, target }) => `${action} ${target}`)).toEqual([
      'user_deleted null',
      'login_failed flood 5',
      'login_failed flood 4',
      'logout null',
      'logout null',
    ]);
  });

  it('expires in two processes at once, neither waiting for the other nor failing', async () => {
    for (let index = 0; index < 50; index += 1) await write({ at: new Date(0) });
    const bounds = { before: new Date(1), maxPerAction: 1000, batch: 7 };
    const drain = async () => {
      while ((await store.auditEvents.expire(bounds)) > 0);
    };
    await Promise.all([drain(), drain(), drain()]);
    expect(await count()).toBe(0);
  });
});

describe('what is done atomically', () => {
  const ada = { username: 'ada', passwordHash: 'x', role: 'admin' } as const;

  it('is all there when it was done', async () => {
    await store.atomically(async ({ users, auditEvents }) => {
      const user = await users.create(ada);
      await auditEvents.write({ action: 'user_created', by: null, target: user.username });
    });
    expect([await store.users.count(), await count()]).toEqual([1, 1]);
  });

  it('is not there at all when any of it failed, what was done in transactions of its own included', async () => {
    const failing = store.atomically(async ({ users, auditEvents }) => {
      const user = await users.create(ada);
      await users.changeAccount(user.id, { passwordHash: 'y' });
      await auditEvents.write({ action: 'user_created', by: null, target: user.username });
      throw new Error('the disk is full');
    });
    await expect(failing).rejects.toThrow('the disk is full');
    expect([await store.users.count(), await count()]).toEqual([0, 0]);
  });
});
