import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerfwatchError, type Actions } from '@perfwatch/contract';
import { createLogger, loadConfig, type RunningService, type ServiceContext } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authService } from './auth-service.ts';

const REPLICAS = 3;
const TRIES_OF_EACH = 8;
const POOL_SIZE = 4;
const PASSWORD = 'tulip-harbour-eleven';
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });

interface Replica {
  store: Store;
  service: RunningService<'auth'>;
}

let postgres: TestServer;
let dataDir = '';
const replicas: Replica[] = [];

const notUsed = (): never => {
  throw new Error('auth does not use this');
};

async function startReplica(): Promise<Replica> {
  const store = await openStore({ url: postgres.url, log, poolSize: POOL_SIZE });
  // Connected before the flood, which is about log-ins.
  await Promise.all(Array.from({ length: POOL_SIZE }, () => store.query('SELECT pg_sleep(0.1)')));
  const context: ServiceContext = {
    config: loadConfig({ PERFWATCH_DATA_DIR: dataDir, PERFWATCH_ADMIN_PASSWORD: PASSWORD }),
    log,
    store,
    get bus() {
      return notUsed();
    },
    call: notUsed,
    clusterHealth: notUsed,
    cluster: notUsed,
    broadcast: () => {},
  };
  return { store, service: await authService.start(context) };
}

beforeAll(async () => {
  postgres = await startTestPostgres();
  dataDir = mkdtempSync(join(tmpdir(), 'perfwatch-replicas-'));
  for (let index = 0; index < REPLICAS; index += 1) replicas.push(await startReplica());
});
afterAll(async () => {
  for (const { service, store } of replicas) {
    await service.stop();
    await store.close();
  }
  await postgres.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(() => replicas[0]?.store.query('TRUNCATE login_failure, login_origin'));

/** `let in`, or why not. */
async function outcomeOf({ service }: Replica, words: { password: string; username?: string }): Promise<string> {
  const attempt: Actions['auth.login']['params'] = { username: 'admin', session: 'bearer', userAgent: null, address: '10.0.0.1', ...words };
  try {
    await service.actions.login(attempt);
    return 'let in';
  } catch (error) {
    if (error instanceof PerfwatchError) return error.code === 'unavailable' ? error.message : error.code;
    throw error;
  }
}

describe('replicas of auth', () => {
  it.each([1, REPLICAS])('look at no more passwords of a flood than one try after another would get: %i', async (count) => {
    const flooded = replicas.slice(0, count);
    const startedMs = performance.now();
    const outcomes = await Promise.all(
      flooded.flatMap((replica) =>
        Array.from({ length: (TRIES_OF_EACH * REPLICAS) / count }, () => outcomeOf(replica, { password: 'wrong' })),
      ),
    );
    const elapsedSeconds = (performance.now() - startedMs) / 1000;
    const looked = outcomes.filter((outcome) => outcome === 'unauthorized').length;
    // Six at once, and one more whenever a wait of 1, 2, 4, ... s is over.
    expect(looked).toBeGreaterThanOrEqual(6);
    expect(looked).toBeLessThanOrEqual(6 + Math.log2(elapsedSeconds + 1));
    expect([...new Set(outcomes)].sort()).toEqual(['too_many_requests', 'unauthorized']);
  });

  it('know of each other who has to wait, and for how long', async () => {
    const [one, ...others] = replicas;
    if (one === undefined) throw new Error('no replica runs');
    for (let failure = 0; failure < 5; failure += 1) expect(await outcomeOf(one, { password: 'wrong' })).toBe('unauthorized');
    // Half an hour's worth of failures, so that the wait outlasts this test on any machine.
    await one.store.query('UPDATE login_failure SET failures = 20');
    expect(await outcomeOf(one, { password: 'wrong' })).toBe('unauthorized');
    for (const replica of others) expect(await outcomeOf(replica, { password: PASSWORD })).toBe('too_many_requests');
  });

  it('let in whoever knows the password, as often as they come', async () => {
    for (let round = 0; round < 3; round += 1)
      for (const replica of replicas) expect(await outcomeOf(replica, { password: PASSWORD })).toBe('let in');
  });
});
