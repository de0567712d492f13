import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_RETENTION, type Actor, type RetentionPolicy } from '@perfwatch/contract';
import { createLogger, loadConfig, type Logger, type RunningService, type ServiceContext } from '@perfwatch/service-kit';
import { listPartitions, openStore, type Store } from '@perfwatch/store';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { retentionService } from '../src/retention-service.ts';
import { DAY_MS, dayOf, HOUR_MS } from '../src/series.ts';
import { emptyDatabase, storeSamples, type TestSample } from './test-samples.ts';

const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
/** Noon of a day that raw Samples are no longer kept of under the default policy, and of one that they are. */
export const OLD_MS = dayOf(Date.now()) - 9 * DAY_MS + 12 * HOUR_MS;
export const RECENT_MS = OLD_MS + 7 * DAY_MS;

const TESTER: Actor = { userId: '3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', username: 'tester', apiTokenId: null, address: '192.0.2.1' };

/** As `startTestPostgres` gives it. */
interface DatabaseServer {
  readonly url: string;
  stop(): Promise<void>;
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

export type Actions = RunningService<'retention'>['actions'];

/** A Sample every ten seconds for an hour. */
export function hourOf(startMs: number, { host = 'web-1', collector = 'cpu' } = {}): TestSample[] {
  return Array.from({ length: 360 }, (_, index) => {
    const metrics = { usage_percent: index % 90, temperature_celsius: null, core: { '0': { usage_percent: index / 4 } } };
    return { host, collector, tsMs: startMs + index * 10_000, metrics };
  });
}

/** A database and a data directory for the tests of a file, both empty at the start of each. */
export interface RetentionUnderTest {
  readonly postgres: DatabaseServer;
  readonly store: Store;
  readonly dataDir: string;
  /** Of every service; prints nothing. */
  readonly log: Logger;
  /** What every process was told. */
  readonly broadcasts: readonly { event: string; payload: unknown }[];
  /** Starts the service; it ends with the test. */
  start(): Promise<RunningService<'retention'>>;
  /** The actions of a service that has looked around already, and waits. */
  startQuiet(): Promise<Actions>;
  /** Stores a policy that was changed long ago. */
  storePolicy(change: Partial<RetentionPolicy>): Promise<void>;
  /** Stores Samples that are sealed, and their partitions gone, whatever the policy says. */
  storeSealed(actions: Actions, samples: readonly TestSample[]): Promise<void>;
}

class Retention implements RetentionUnderTest {
  readonly postgres: DatabaseServer;
  readonly store: Store;
  readonly log = log;
  readonly dataDir = mkdtempSync(join(tmpdir(), 'perfwatch-retention-'));
  /** What every process was told. */
  readonly broadcasts: { event: string; payload: unknown }[] = [];
  readonly #services: RunningService<'retention'>[] = [];

  constructor(postgres: DatabaseServer, store: Store) {
    this.postgres = postgres;
    this.store = store;
  }

  async start(): Promise<RunningService<'retention'>> {
    const unused = (): never => {
      throw new Error('retention calls nobody');
    };
    const context: ServiceContext = {
      store: this.store,
      log,
      config: loadConfig({ PERFWATCH_DATA_DIR: this.dataDir }),
      call: unused,
      broadcast: (event, payload) => this.broadcasts.push({ event, payload }),
      clusterHealth: unused,
      cluster: unused,
      get bus() {
        return unused();
      },
    };
    const service = await retentionService.start(context);
    this.#services.push(service);
    return service;
  }

  async startQuiet(): Promise<Actions> {
    const { actions } = await this.start();
    await expect.poll(() => this.store.query('SELECT 1 FROM retention_run')).toHaveLength(1);
    return actions;
  }

  async storePolicy(change: Partial<RetentionPolicy>): Promise<void> {
    await this.store.query(
      `INSERT INTO setting (key, value, updated_at) VALUES ('retention', $1::text::jsonb, now() - interval '1 day')
       ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      [JSON.stringify({ ...DEFAULT_RETENTION, ...change })],
    );
  }

  async storeSealed(actions: Actions, samples: readonly TestSample[]): Promise<void> {
    const { store } = this;
    await storeSamples(store, samples);
    const kept = await store.query<{ value: RetentionPolicy }>(`SELECT value FROM setting WHERE key = 'retention'`);
    await this.storePolicy({ downsample_after_days: 3000, retention_days: 3000 });
    await actions.run({ by: TESTER });
    await store.query(`UPDATE sealing SET sealed_at = now() - interval '1 hour'`);
    await actions.run({ by: TESTER });
    expect(await listPartitions(store)).toEqual(new Set());
    await store.query('DELETE FROM setting');
    if (kept[0] !== undefined) await this.storePolicy(kept[0].value);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.stop()));
    await emptyDatabase(this.store);
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Calls `prepare` before each test of a `describe` with what it works on. */
export function useRetention(startPostgres: () => Promise<DatabaseServer>, prepare: (retention: RetentionUnderTest) => void): void {
  let postgres: DatabaseServer;
  let store: Store;
  let current: Retention;

  beforeAll(async () => {
    postgres = await startPostgres();
    store = await openStore({ url: postgres.url, log });
  });
  beforeEach(() => {
    current = new Retention(postgres, store);
    prepare(current);
  });
  afterEach(() => current.dispose());
  afterAll(async () => {
    await store.close();
    await postgres.dispose();
  });
}
