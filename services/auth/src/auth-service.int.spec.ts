import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, loadConfig, type Logger, type ServiceContext } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, TEST_ACTOR, type TestServer } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authService } from './auth-service.ts';

const address = '127.0.0.1';
const quiet = createLogger({ level: 'fatal', name: 'test', pretty: false });

let postgres: TestServer;
let store: Store;
let dataDir = '';
let logged: unknown[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openStore({ url: postgres.url, log: quiet });
});
afterAll(async () => {
  await store.close();
  await postgres.dispose();
});
beforeEach(async () => {
  await store.query('TRUNCATE app_user CASCADE');
  dataDir = await mkdtemp(join(tmpdir(), 'perfwatch-auth-'));
  logged = [];
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const notUsed = (): never => {
  throw new Error('auth does not use this');
};

/** Notes every line, whatever its level. */
function notingLogger(): Logger {
  const log = createLogger({ level: 'trace', name: 'test', pretty: false });
  const note = (...line: unknown[]) => void logged.push(line);
  return Object.assign(log, { trace: note, debug: note, info: note, warn: note, error: note });
}

/** What the service uses is real but for the broker, whose broadcasts go nowhere. */
function startService(env: Record<string, string> = {}) {
  const context: ServiceContext = {
    config: loadConfig({ PERFWATCH_DATA_DIR: dataDir, ...env }),
    log: notingLogger(),
    store,
    get bus() {
      return notUsed();
    },
    call: notUsed,
    clusterHealth: notUsed,
    cluster: notUsed,
    broadcast: () => {},
  };
  return authService.start(context);
}

const initialPassword = async () => (await readFile(join(dataDir, 'secrets/admin-password-initial'), 'utf8')).trim();

describe('the service auth', () => {
  it('makes the first administrator, and logs where the password is but not the password', async () => {
    const { actions } = await startService();
    const password = await initialPassword();
    await expect(actions.login({ username: 'admin', password, address })).resolves.toBeDefined();
    expect(JSON.stringify(logged)).toContain('admin-password-initial');
    expect(JSON.stringify(logged)).not.toContain(password);
  });

  it('removes the file once the administrator has a password of their own', async () => {
    const { actions } = await startService();
    const password = await initialPassword();
    const { access_token: token } = await actions.login({ username: 'admin', password, address });
    const identity = await actions.verify({ token });
    await actions.changePassword({ identity, current_password: password, new_password: 'tulip-harbour-eleven', by: TEST_ACTOR });
    expect(await readdir(join(dataDir, 'secrets'))).toEqual(['jwt']);
  });

  it('accepts the tokens of its replica and of its last run', async () => {
    const password = 'tulip-harbour-eleven';
    const [one, other] = await Promise.all([
      startService({ PERFWATCH_ADMIN_PASSWORD: password }),
      startService({ PERFWATCH_ADMIN_PASSWORD: password }),
    ]);
    const { access_token: token } = await one.actions.login({ username: 'admin', password, address });
    await one.stop();
    await expect(other.actions.verify({ token })).resolves.toMatchObject({ username: 'admin', role: 'admin' });
    await expect((await startService()).actions.verify({ token })).resolves.toMatchObject({ username: 'admin' });
  });

  it('never logs a password or a token, right or wrong', async () => {
    const password = 'tulip-harbour-eleven';
    const { actions } = await startService({ PERFWATCH_ADMIN_PASSWORD: password });
    const { access_token: token } = await actions.login({ username: 'admin', password, address });
    await expect(actions.login({ username: 'typed-here-by-mistake', password: 'wrong-password', address })).rejects.toThrow();
    await expect(actions.verify({ token: `${token}x` })).rejects.toThrow();
    const text = JSON.stringify(logged);
    for (const secret of [password, 'wrong-password', 'typed-here-by-mistake', token]) expect(text).not.toContain(secret);
    expect(text).toContain('log-in refused');
  });

  it('is up while the database is', async () => {
    const { health } = await startService();
    expect(health?.()).toEqual({ up: true, reason: null });
  });
});
