import { createHash } from 'node:crypto';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FAILURES_FORGOTTEN_AFTER_SECONDS, type BegunTry, type FailureBound } from './login-failure-repository.ts';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const REPLICAS = 3;

let postgres: TestServer;
let replicas: Store[] = [];
const replica = (index: number): Store => {
  const store = replicas[index % REPLICAS];
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
beforeEach(() => replica(0).query('TRUNCATE login_failure, app_user CASCADE'));

const bound = (name: string, freeFailures = 2, maxDelaySeconds = 10): FailureBound => ({
  key: createHash('sha256').update(name).digest(),
  freeFailures,
  maxDelaySeconds,
});
const keysOf = (bounds: readonly FailureBound[]) => bounds.map(({ key }) => key);
const hasBegun = (outcome: BegunTry | { waitSeconds: number }): outcome is BegunTry => 'blockedUntilMs' in outcome;

async function fail(...bounds: FailureBound[]): Promise<void> {
  const { loginFailures } = replica(0);
  const outcome = await loginFailures.begin(bounds);
  if (!hasBegun(outcome)) throw new Error(`has to wait ${outcome.waitSeconds} s`);
  await loginFailures.confirm(bounds);
}

/** As if so much time had gone by. */
const pass = (seconds: number) =>
  replica(0).query(
    `UPDATE login_failure SET last_at = last_at - $1 * interval '1 second', blocked_until = blocked_until - $1 * interval '1 second'`,
    [seconds],
  );
const waitOf = (...bounds: FailureBound[]) => replica(1).loginFailures.waitSeconds(keysOf(bounds));

describe('failures', () => {
  it('cost nothing at first, then twice the wait each time up to its bound, and never shut anyone out for good', async () => {
    const waits: number[] = [];
    for (let failure = 0; failure < 9; failure += 1) {
      await fail(bound('a'));
      waits.push(await waitOf(bound('a')));
      await pass(10);
    }
    expect(waits).toEqual([0, 0, 1, 2, 4, 8, 10, 10, 10]);
    expect(await waitOf(bound('a'))).toBe(0);
  });

  it('count for their own key alone, and the longest wait of several holds', async () => {
    for (let failure = 0; failure < 3; failure += 1) await fail(bound('a'));
    expect(await waitOf(bound('b'))).toBe(0);
    expect(await waitOf(bound('b'), bound('a'))).toBe(1);
    expect(await replica(2).loginFailures.begin([bound('b'), bound('a')])).toEqual({ waitSeconds: 1 });
    const counted = await replica(0).query<{ failures: number }>('SELECT failures FROM login_failure');
    expect(counted).toEqual([{ failures: 3 }]);
  });

  it('are forgotten when there was none for long', async () => {
    for (let failure = 0; failure < 3; failure += 1) await fail(bound('a'));
    await pass(FAILURES_FORGOTTEN_AFTER_SECONDS + 1);
    await fail(bound('a'));
    expect(await waitOf(bound('a'))).toBe(0);
    await fail(bound('b'));
    await pass(FAILURES_FORGOTTEN_AFTER_SECONDS + 1);
    await fail(bound('c'));
    expect(await replica(0).query('SELECT key FROM login_failure')).toHaveLength(1);
  });

  it('begin anew when they are forgotten on purpose', async () => {
    for (let failure = 0; failure < 3; failure += 1) await fail(bound('a'));
    await replica(1).loginFailures.forget(bound('a').key);
    expect(await waitOf(bound('a'))).toBe(0);
  });
});

describe('a try that did fail', () => {
  it('delays the next one from then on, however long it took to find out', async () => {
    const strict = bound('a', 0);
    await replica(0).loginFailures.begin([strict]);
    await pass(5);
    expect(await waitOf(strict)).toBe(0);
    await replica(1).loginFailures.confirm([strict]);
    expect(await waitOf(strict)).toBe(1);
  });
});

describe('a try that is taken back', () => {
  it('leaves everything as if it had not been', async () => {
    const bounds = [bound('a', 0), bound('b', 5)];
    const { loginFailures } = replica(0);
    const begun = await loginFailures.begin(bounds);
    expect(await waitOf(...bounds)).toBe(1);
    if (!hasBegun(begun)) throw new Error('has to wait');
    await replica(1).loginFailures.takeBack(bounds, begun);
    expect(await waitOf(...bounds)).toBe(0);
    expect(await replica(0).query('SELECT failures FROM login_failure')).toEqual([{ failures: 0 }, { failures: 0 }]);
  });

  it('does not end the wait that another failure has begun meanwhile', async () => {
    const free = bound('a', 1);
    const begun = await replica(0).loginFailures.begin([free]);
    await fail(free);
    if (!hasBegun(begun)) throw new Error('has to wait');
    await replica(0).loginFailures.takeBack([free], begun);
    expect(await waitOf(free)).toBe(1);
  });
});

describe('replicas', () => {
  it.each([1, REPLICAS])('let no more tries through than one: with %i', async (count) => {
    const bounds = [bound('a', 4, 60), bound('b', 30, 60)];
    const outcomes = await Promise.all(Array.from({ length: 24 }, (_, index) => replica(index % count).loginFailures.begin(bounds)));
    expect(outcomes.filter(hasBegun)).toHaveLength(5);
  });

  it('that count the same keys in another order do not lock each other out', async () => {
    const bounds = Array.from({ length: 6 }, (_, index) => bound(`k${index}`, 1000, 1));
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) => replica(index).loginFailures.begin(index % 2 === 0 ? bounds : bounds.toReversed())),
    );
    expect(outcomes.every(hasBegun)).toBe(true);
    await Promise.all(
      outcomes.filter(hasBegun).map((begun, index) => {
        const order = index % 2 === 0 ? bounds : bounds.toReversed();
        return index % 3 === 0 ? replica(index).loginFailures.confirm(order) : replica(index).loginFailures.takeBack(order, begun);
      }),
    );
    expect(await replica(0).query('SELECT DISTINCT failures FROM login_failure')).toEqual([{ failures: 10 }]);
  });
});

describe('origins', () => {
  it('are known of the user that logged in from there, and bounded', async () => {
    const { users, loginFailures } = replica(0);
    const ada = await users.create({ username: 'Ada', passwordHash: 'x', role: 'viewer' });
    await loginFailures.noteOrigin(ada.id, '10.0.0.1');
    await loginFailures.noteOrigin(ada.id, '10.0.0.1');
    expect(await loginFailures.isOrigin('ADA', '10.0.0.1')).toBe(true);
    expect(await loginFailures.isOrigin('ada', '10.0.0.2')).toBe(false);
    expect(await loginFailures.isOrigin('grace', '10.0.0.1')).toBe(false);
    for (let host = 0; host < 60; host += 1) await loginFailures.noteOrigin(ada.id, `10.0.1.${host}`);
    expect(await replica(0).query('SELECT network FROM login_origin')).toHaveLength(50);
    expect(await loginFailures.isOrigin('ada', '10.0.0.1')).toBe(false);
    expect(await loginFailures.isOrigin('ada', '10.0.1.59')).toBe(true);
  });

  it('are forgotten with time and with the user', async () => {
    const { users, loginFailures } = replica(0);
    const ada = await users.create({ username: 'Ada', passwordHash: 'x', role: 'viewer' });
    await loginFailures.noteOrigin(ada.id, '10.0.0.1');
    await replica(0).query(`UPDATE login_origin SET last_at = now() - interval '91 days'`);
    expect(await loginFailures.isOrigin('ada', '10.0.0.1')).toBe(false);
    await loginFailures.noteOrigin(ada.id, '10.0.0.2');
    expect(await replica(0).query('SELECT network FROM login_origin')).toEqual([{ network: '10.0.0.2' }]);
    await users.remove(ada.id);
    await loginFailures.noteOrigin(ada.id, '10.0.0.2');
    expect(await replica(0).query('SELECT network FROM login_origin')).toEqual([]);
  });
});
