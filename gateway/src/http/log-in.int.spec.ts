import { setTimeout as delay } from 'node:timers/promises';
import { authService } from '@perfwatch/auth';
import { openStore, type Store } from '@perfwatch/store';
import { startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, quiet, startStack, type Stack } from '../../test/stack.ts';

/** Of each kind of log-in whose times are compared. */
const TIMED = 8;
const PASSWORD = 'tulip-harbour-eleven';
/** Of PASSWORD, at cost 10. */
const OLD_HASH = '$2b$10$scV.VC9KS/1j8JePC.nDc.WbNE/epHj.ByW3u6Nnl6cUrbii2E9gi';

let nats: TestNats;
let postgres: TestServer;
let stack: Stack;
let store: Store;

beforeAll(async () => {
  [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  stack = await startStack({ natsUrl: nats.url, databaseUrl: postgres.url, services: [authService] });
  store = await openStore({ url: postgres.url, log: quiet });
  const token = await stack.login('admin', ADMIN_PASSWORD);
  const added = await fetch(`${stack.url}/api/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'ada', password: PASSWORD, role: 'viewer' }),
  });
  expect(added.status).toBe(201);
});
afterAll(async () => {
  await store.close();
  await stack.stop();
  await Promise.all([nats.dispose(), postgres.dispose()]);
});
beforeEach(() => store.query('TRUNCATE login_failure, login_origin'));

const logIn = (username: string, password: string): Promise<Response> =>
  fetch(`${stack.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function timeOf(username: string, password: string): Promise<number> {
  await store.query('TRUNCATE login_failure');
  const startedMs = performance.now();
  const reply = await logIn(username, password);
  expect(reply.status).toBe(401);
  await reply.text();
  return performance.now() - startedMs;
}

describe('log-in', { timeout: 180_000 }, () => {
  it('takes as long for a user that does not exist, and for a password too long for a hash, as for one that does', async () => {
    const times: Record<string, number[]> = { exists: [], absent: [], long: [] };
    for (let round = 0; round < TIMED; round += 1) {
      times['exists']?.push(await timeOf('ada', 'wrong-password'));
      times['absent']?.push(await timeOf(`nobody-${round}`, 'wrong-password'));
      times['long']?.push(await timeOf('ada', 'x'.repeat(1000)));
    }
    const expected = median(times['exists'] ?? []);
    for (const kind of ['absent', 'long']) {
      const ratio = median(times[kind] ?? []) / expected;
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.6);
    }
  });

  it('is let through again when the time is over that was told', async () => {
    for (let failure = 0; failure < 5; failure += 1) expect((await logIn('ada', 'wrong-password')).status).toBe(401);
    // The next failure makes it 4 s.
    await store.query('UPDATE login_failure SET failures = failures + 2');
    expect((await logIn('ada', 'wrong-password')).status).toBe(401);
    const refused = await logIn('ada', PASSWORD);
    const retryAfterSeconds = Number(refused.headers.get('retry-after'));
    expect([refused.status, retryAfterSeconds >= 1, retryAfterSeconds <= 4]).toEqual([429, true, true]);
    await delay(retryAfterSeconds * 1000);
    expect((await logIn('ada', PASSWORD)).status).toBe(200);
  });

  it('replaces a hash of a lower cost, and ends no session by it', async () => {
    const token = await stack.login('ada', PASSWORD);
    await store.query(`UPDATE app_user SET password_hash = $1 WHERE username = 'ada'`, [OLD_HASH]);
    expect((await logIn('ada', 'wrong-password')).status).toBe(401);
    const hash = async () => (await store.users.findByUsername('ada'))?.passwordHash;
    expect(await hash()).toBe(OLD_HASH);
    expect((await logIn('ada', PASSWORD)).status).toBe(200);
    expect(await hash()).toMatch(/^\$2b\$1[2-9]\$/);
    expect((await logIn('ada', PASSWORD)).status).toBe(200);
    expect((await fetch(`${stack.url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  it.each([
    ['x9-'.repeat(25), /72 bytes/],
    ['short', /at least 10 characters/],
    ['1q2w3e4r5t', /common/],
    ['qwertyuiop', /pattern/],
  ])('takes no new password such as %j', async (password, reason) => {
    const token = await stack.login('admin', ADMIN_PASSWORD);
    const reply = await fetch(`${stack.url}/api/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'grace', password, role: 'viewer' }),
    });
    expect(reply.status).toBe(400);
    expect(await reply.text()).toMatch(reason);
  });
});
