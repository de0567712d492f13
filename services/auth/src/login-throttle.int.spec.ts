import { PerfwatchError } from '@perfwatch/contract';
import { createLogger } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LoginThrottle, type LoginAttempt } from './login-throttle.ts';

const log = createLogger({ level: 'fatal', name: 'test', pretty: false });

let postgres: TestServer;
let store: Store;
let throttle: LoginThrottle;
let adaId = '';

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openStore({ url: postgres.url, log });
  throttle = new LoginThrottle(store.loginFailures);
});
afterAll(async () => {
  await store.close();
  await postgres.dispose();
});
beforeEach(async () => {
  await store.query('TRUNCATE login_failure, app_user CASCADE');
  adaId = (await store.users.create({ username: 'ada', passwordHash: 'not looked at', role: 'viewer' })).id;
});

const attempt = (username: string, address: string): LoginAttempt => ({ username, address });

/** Fails so often, as soon as each try may be made. */
async function fail(of: LoginAttempt, times = 1): Promise<void> {
  for (let failure = 0; failure < times; failure += 1) {
    await store.query('UPDATE login_failure SET blocked_until = last_at WHERE blocked_until > last_at');
    await (await throttle.begin(of)).failed();
  }
}

async function logIn(of: LoginAttempt): Promise<void> {
  await (await throttle.begin(of)).succeeded(adaId);
}

async function waits(of: LoginAttempt): Promise<boolean> {
  try {
    await throttle.check(of);
    return false;
  } catch (error) {
    if (error instanceof PerfwatchError && error.code === 'too_many_requests') return true;
    throw error;
  }
}

describe('LoginThrottle', () => {
  it('makes a user wait where it failed, and nowhere else', async () => {
    await fail(attempt('Ada', '10.0.0.1'), 6);
    expect(await waits(attempt('ada', '10.0.0.1'))).toBe(true);
    expect(await waits(attempt('ada', '10.0.0.2'))).toBe(false);
    expect(await waits(attempt('other', '10.0.0.1'))).toBe(false);
  });

  it('makes an address wait that fails with one name after another', async () => {
    for (let user = 0; user < 31; user += 1) await fail(attempt(`user${user}`, '10.0.0.1'));
    expect(await waits(attempt('ada', '10.0.0.1'))).toBe(true);
    expect(await waits(attempt('ada', '10.0.0.2'))).toBe(false);
  });

  it('is not got round by logging in to an account of one’s own in between', async () => {
    for (let user = 0; user < 31; user += 1) {
      await fail(attempt(`user${user}`, '10.0.0.1'));
      await store.query('UPDATE login_failure SET blocked_until = last_at');
      await logIn(attempt('ada', '10.0.0.1'));
    }
    await fail(attempt('user0', '10.0.0.1'));
    expect(await waits(attempt('grace', '10.0.0.1'))).toBe(true);
  });

  it('slows down who comes from ever new addresses for one user, a few seconds at a time', async () => {
    for (let host = 0; host < 101; host += 1) await fail(attempt('ada', `10.0.1.${host}`));
    await expect(throttle.check(attempt('ada', '10.0.2.1'))).rejects.toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 1 });
    await fail(attempt('ada', '10.0.2.2'), 20);
    await expect(throttle.check(attempt('ada', '10.0.2.1'))).rejects.toMatchObject({ retryAfterSeconds: 5 });
  });

  it('lets a user in from where they have logged in before, whatever strangers and neighbours do', async () => {
    const home = attempt('ada', '10.0.0.1');
    await logIn(home);
    for (let host = 0; host < 110; host += 1) await fail(attempt('ada', `10.0.1.${host}`));
    expect(await waits(attempt('ada', '10.0.3.1'))).toBe(true);
    await logIn(home);
    for (let user = 0; user < 40; user += 1) await fail(attempt(`user${user}`, '10.0.0.1'));
    expect(await waits(attempt('grace', '10.0.0.1'))).toBe(true);
    await logIn(home);
    await fail(home, 6);
    expect(await waits(home)).toBe(true);
  });

  it('never makes anyone wait who always logs in', async () => {
    for (let login = 0; login < 150; login += 1) await logIn(attempt('ada', '127.0.0.1'));
    expect(await waits(attempt('ada', '127.0.0.1'))).toBe(false);
    expect(await store.query('SELECT 1 FROM login_failure WHERE failures > 0')).toEqual([]);
  });

  it('stores nothing of what was typed', async () => {
    await fail(attempt('my-password-typed-here', '10.0.0.1'));
    expect(JSON.stringify(await store.query('SELECT encode(key, $1) AS key FROM login_failure', ['escape']))).not.toContain('typed');
  });

  it.each([
    ['an IPv6 network', '2001:db8:0:1::5', '2001:db8:0:1:ffff::9'],
    ['an address and its long form', 'fe80::1%eth0', 'fe80:0:0:0:0:0:0:2'],
    ['IPv4 and the same mapped to IPv6', '::ffff:10.0.0.1', '10.0.0.1'],
  ])('takes %s for one', async (_, failing, same) => {
    await fail(attempt('admin', failing), 6);
    expect(await waits(attempt('admin', same))).toBe(true);
    expect(await waits(attempt('admin', '2001:db8:0:2::5'))).toBe(false);
    expect(await waits(attempt('admin', '::1'))).toBe(false);
  });
});
