import { forEachMetric, type Metrics } from '@perfwatch/contract';
import type { RunningService, ServiceContext } from '@perfwatch/service-kit';
import { createLogger, loadConfig } from '@perfwatch/service-kit';
import type { Store } from '@perfwatch/store';
import { historyService } from '../src/index.ts';
import { HOUR_MS } from '../src/durations.ts';

/** Start of the four whole hours before this one. */
export const BASE_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 4 * HOUR_MS;
export const at = (ms: number) => new Date(BASE_MS + ms).toISOString();
export const log = createLogger({ level: 'fatal', name: 'test', pretty: false });

/** What a collector said, milliseconds after BASE_MS. */
export interface TestSample {
  ms: number;
  metrics: Metrics;
}

/** Partitions from BASE_MS to the end of this hour. */
export async function createPartitions(store: Store): Promise<void> {
  for (let hour = 0; hour <= 4; hour += 1) {
    const [from, to] = [at(hour * HOUR_MS), at((hour + 1) * HOUR_MS)];
    await store.query(`CREATE TABLE sample_test_${hour} PARTITION OF sample FOR VALUES FROM ('${from}') TO ('${to}')`);
  }
}

export async function emptyTables(store: Store): Promise<void> {
  await store.query(
    'TRUNCATE sample, collector_state, collector_catalog, seen_name, host, raw_segment, rollup_segment, sealing, annotation',
  );
}

/** The service's actions on a real store. */
export async function startHistory(store: Store): Promise<RunningService<'history'>['actions']> {
  const unused = (): never => {
    throw new Error('history uses neither bus nor broker');
  };
  const context: ServiceContext = {
    store,
    log,
    config: loadConfig({}),
    call: unused,
    broadcast: unused,
    clusterHealth: unused,
    cluster: unused,
    get bus() {
      return unused();
    },
  };
  return (await historyService.start(context)).actions;
}

/** Stores samples as persistence does, with what it notes beside them. */
export async function insertSamples(
  store: Store,
  samples: readonly TestSample[],
  { host = 'web-1', collector = 'cpu' } = {},
): Promise<void> {
  const rows = samples.map(({ ms, metrics }) => ({ ts: at(ms), metrics }));
  await store.query(
    `INSERT INTO sample (host, collector, ts, metrics, run, seq, interval_ms, elapsed_ms, status)
     SELECT $1, $2, ts, metrics, 'run1', 7, 1000, NULL, 'ok' FROM json_to_recordset($3::json) AS x(ts timestamptz, metrics json)`,
    [host, collector, JSON.stringify(rows)],
  );
  const last = at(Math.max(0, ...samples.map(({ ms }) => ms)));
  await store.query('INSERT INTO host VALUES ($1, $2) ON CONFLICT DO NOTHING', [host, at(0)]);
  await store.query(`INSERT INTO collector_state VALUES ($1, $2, $3, 'ok', NULL, 1000) ON CONFLICT (host, collector) DO NOTHING`, [
    host,
    collector,
    last,
  ]);
  const names = new Map<string, readonly string[]>();
  const note = (...name: readonly string[]) => names.set(JSON.stringify(name), name);
  for (const { metrics } of samples) {
    forEachMetric(metrics, ({ dimension = '', instance, metric }) => {
      note(dimension, 'metric', metric);
      if (instance !== undefined) note(dimension, 'instance', instance);
    });
  }
  for (const [dimension, kind, text] of names.values()) {
    await store.query('INSERT INTO seen_name VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING', [
      host,
      collector,
      dimension,
      kind,
      text,
      last,
    ]);
  }
}

export const everySecond = (count: number): TestSample[] =>
  Array.from({ length: count }, (_, second) => ({
    ms: second * 1000,
    metrics: { usage_percent: second, core: { '0': { usage_percent: second / 2 } } },
  }));
