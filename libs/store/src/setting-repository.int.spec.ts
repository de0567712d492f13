import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

let postgres: TestServer;
let store: Store;
let replica: Store;

beforeAll(async () => {
  postgres = await startTestPostgres();
  [store, replica] = await Promise.all([openStore({ url: postgres.url, log: silent }), openStore({ url: postgres.url, log: silent })]);
});
afterAll(async () => {
  await Promise.all([store.close(), replica.close()]);
  await postgres.dispose();
});
beforeEach(() => store.query('TRUNCATE setting'));

const counterOf = (value: unknown): number =>
  typeof value === 'object' && value !== null && 'counter' in value ? Number(value.counter) : Number.NaN;

describe('settings', () => {
  it('are absent until they are initialised', async () => {
    expect(await store.settings.get('a')).toBeNull();
    await expect(store.settings.update('a', () => 1)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are initialised by whoever comes first', async () => {
    const values = await Promise.all([store.settings.initialize('a', { by: 1 }), replica.settings.initialize('a', { by: 2 })]);
    expect(values[0]).toEqual(values[1]);
    expect(await store.settings.initialize('a', { by: 3 })).toEqual(values[0]);
  });

  it.each([[null], ['text with "quotes" and $1'], [[1, { two: [null] }]], [0], [false]])('give back %j as it was', async (value) => {
    expect((await store.settings.initialize('a', value)).value).toEqual(value);
    expect((await replica.settings.get('a'))?.value).toEqual(value);
    expect((await store.settings.update('a', (current) => [current])).value).toEqual([value]);
  });

  it('lose no update when replicas change them at the same time', async () => {
    await store.settings.initialize('a', { counter: 0 });
    const increment = (current: unknown) => ({ counter: counterOf(current) + 1 });
    await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : replica).settings.update('a', increment)));
    expect((await store.settings.get('a'))?.value).toEqual({ counter: 20 });
  });

  it('stay as they were when the change throws, and can be changed afterwards', async () => {
    const before = await store.settings.initialize('a', { counter: 0 });
    const refuse = () => {
      throw new RangeError('no');
    };
    await expect(store.settings.update('a', refuse)).rejects.toThrow(RangeError);
    expect(await store.settings.get('a')).toEqual(before);
    const after = await replica.settings.update('a', () => ({ counter: 1 }));
    expect(after.value).toEqual({ counter: 1 });
    expect(after.updatedAt.getTime()).toBeGreaterThanOrEqual(before.updatedAt.getTime());
  });
});
