import type { Metrics } from '@perfwatch/contract';
import {
  createPartition,
  listPartitions,
  PARTITION_LOCK,
  partitionStart,
  RawSegment,
  RollUp,
  sqlStateOf,
  type Store,
  type StoredSample,
} from '@perfwatch/store';
import { epochMs, iso, type Series } from '../src/series.ts';

/** A Sample of one collector, as a test makes it. */
export interface TestSample extends Series {
  tsMs: number;
  metrics: Metrics;
}

export const TABLES = 'raw_segment, rollup_segment, sealing, retention_run, annotation, setting, collector_state';
const NO_PARTITION = '23514';

/** Empties every table and drops every partition. */
export async function emptyDatabase(store: Store): Promise<void> {
  const partitions = await store.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'sample'::regclass`,
  );
  for (const { name } of partitions) await store.query(`DROP TABLE ${name}`);
  await store.query(`TRUNCATE ${TABLES}`);
}

async function ensurePartitions(store: Store, samples: readonly TestSample[]): Promise<void> {
  await store.transaction(async (connection) => {
    await connection.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
    const present = await listPartitions(connection);
    for (const hourMs of new Set(samples.map(({ tsMs }) => partitionStart(tsMs)))) {
      if (!present.has(hourMs)) await createPartition(connection, hourMs);
    }
  });
}

/** Stores Samples as persistence does: the first of a tick stays, partitions are made when they are missing. */
export async function storeSamples(store: Store, samples: readonly TestSample[]): Promise<void> {
  const rows = samples.map(({ host, collector, tsMs, metrics }) => ({
    host,
    collector,
    ts: iso(tsMs),
    seq: Math.floor(tsMs / 1000),
    metrics,
  }));
  for (;;) {
    await ensurePartitions(store, samples);
    try {
      await store.query(
        `INSERT INTO sample (host, collector, ts, run, seq, interval_ms, elapsed_ms, status, metrics)
         SELECT host, collector, ts, 'run1', seq, 1000, 1000.25, 'ok', metrics
           FROM json_to_recordset($1::json) AS x(host text, collector text, ts timestamptz, seq bigint, metrics json)
         ON CONFLICT DO NOTHING`,
        [JSON.stringify(rows)],
      );
      break;
    } catch (error) {
      if (sqlStateOf(error) !== NO_PARTITION) throw error;
    }
  }
  await store.query(
    `INSERT INTO collector_state (host, collector, last_sample, status) SELECT DISTINCT host, collector, now(), 'ok'
       FROM json_to_recordset($1::json) AS x(host text, collector text) ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

export const keyOf = ({ host, collector }: Series, tsMs: number): string => `${host} ${collector} ${iso(tsMs)}`;

export const byKey = (samples: readonly TestSample[]) => new Map(samples.map((sample) => [keyOf(sample, sample.tsMs), sample.metrics]));

/** Every stored Sample's metrics by its key, read as history reads them: hot rows first, then segments. Throws when segments hold one twice. */
export async function readEverything(store: Store): Promise<Map<string, Metrics>> {
  const hot = await store.query<Series & { tsMs: number; metrics: Metrics }>(
    `SELECT host, collector, ${epochMs('ts')} AS "tsMs", metrics FROM sample`,
  );
  const found = new Map<string, Metrics>();
  for (const { series, sample } of await readRawSegments(store)) {
    const key = keyOf(series, sample.tsMs);
    if (found.has(key)) throw new Error(`${key} is in segments twice`);
    found.set(key, sample.metrics);
  }
  for (const row of hot) found.set(keyOf(row, row.tsMs), found.get(keyOf(row, row.tsMs)) ?? row.metrics);
  return found;
}

/** Samples in raw segments. */
export async function readRawSegments(store: Store): Promise<{ series: Series; sample: StoredSample }[]> {
  const rows = await store.query<Series & { data: Buffer }>(
    'SELECT host, collector, data FROM raw_segment ORDER BY host, collector, start_ts',
  );
  return rows.flatMap(({ host, collector, data }) => {
    const segment = RawSegment.open(data);
    return Array.from(segment.times, (_, index) => ({ series: { host, collector }, sample: segment.sampleAt(index) }));
  });
}

/** What a path comes to in one bucket. */
export interface Statistics {
  sum: number;
  count: number;
  min: number;
  max: number;
}

/** Statistics by collector, resolution, bucket and path; a bucket is there with the path '' if only Samples without numbers were in it. */
export type RolledUp = Map<string, Statistics>;

export async function readRollUps(store: Store): Promise<RolledUp> {
  const rows = await store.query<Series & { resolution: string; data: Buffer }>(
    'SELECT host, collector, resolution, data FROM rollup_segment',
  );
  const found: RolledUp = new Map();
  for (const { host, collector, resolution, data } of rows) {
    const rollUp = RollUp.open(data);
    rollUp.starts.forEach((start) => found.set(`${host} ${collector} ${resolution} ${iso(start)} `, NOTHING));
    rollUp.paths.forEach((path, pathIndex) => {
      const { sums, counts, mins, maxs } = rollUp.stats(pathIndex);
      rollUp.starts.forEach((start, index) => {
        if ((counts[index] ?? 0) === 0) return;
        found.set(`${host} ${collector} ${resolution} ${iso(start)} ${JSON.stringify(pathKey(path))}`, {
          sum: Number(((sums[index] ?? 0) * rollUp.sumUnit).toPrecision(9)),
          count: counts[index] ?? 0,
          min: mins[index] ?? NaN,
          max: maxs[index] ?? NaN,
        });
      });
    });
  }
  return found;
}

export const NOTHING: Statistics = { sum: 0, count: 0, min: 0, max: 0 };
export const pathKey = (path: { dimension?: string; instance?: string; metric: string }) => [
  path.dimension ?? '',
  path.instance ?? '',
  path.metric,
];
