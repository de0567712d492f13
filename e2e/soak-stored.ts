import type { Metrics } from '@perfwatch/contract';
import { RawSegment } from '@perfwatch/store';
import type { Client } from 'pg';
import { keyOf, type Series } from './soak-samples.ts';

export interface StoredTick {
  run: string | null;
  seq: number | null;
  metrics: Metrics;
}

/** All that is kept of a series, read from the tables themselves. */
export interface StoredSeries {
  ticks: Map<number, StoredTick>;
  /** Rows in hourly partitions. */
  hot: number;
  /** Samples in segments. */
  sealed: number;
  /** Samples that are in segments twice. A row that is in a segment too is there once: its partition has not been dropped yet. */
  doubled: number;
}

const HOT = `SELECT (extract(epoch FROM ts) * 1000)::float8 AS ms, run, seq::float8 AS seq, metrics FROM sample WHERE host = $1 AND collector = $2`;
const SEGMENTS = `SELECT data FROM raw_segment WHERE host = $1 AND collector = $2 ORDER BY start_ts`;

/** Rows first, as every reader does: a row goes only after a segment with it has been committed. */
export async function readStoredSeries(client: Client, { host, collector }: Series): Promise<StoredSeries> {
  const ticks = new Map<number, StoredTick>();
  const hot = await client.query<StoredTick & { ms: number }>(HOT, [host, collector]);
  for (const { ms, ...tick } of hot.rows) ticks.set(Math.round(ms), tick);
  const inSegments = new Set<number>();
  let sealed = 0;
  const segments = await client.query<{ data: Buffer }>(SEGMENTS, [host, collector]);
  for (const { data } of segments.rows) {
    const segment = RawSegment.open(data);
    for (let index = 0; index < segment.times.length; index += 1) {
      const { tsMs, run, seq, metrics } = segment.sampleAt(index);
      inSegments.add(tsMs);
      sealed += 1;
      ticks.set(tsMs, { run, seq, metrics });
    }
  }
  return { ticks, hot: hot.rows.length, sealed, doubled: sealed - inSegments.size };
}

const UNSEALED = `
  SELECT hot.host, hot.collector, (extract(epoch FROM hot.hour) * 1000)::float8 AS ms
    FROM (SELECT host, collector, date_trunc('hour', ts, 'UTC') AS hour, count(*) AS count FROM sample
           WHERE ts < date_trunc('hour', now() - interval '1 minute', 'UTC') GROUP BY 1, 2, 3) hot
    LEFT JOIN sealing USING (hour, host, collector)
   WHERE row_count IS DISTINCT FROM hot.count`;

/** Closed hours of which not every row is sealed: `host collector start`. Their roll-ups are not used yet. */
export async function unsealedHours(client: Client): Promise<Set<string>> {
  const { rows } = await client.query<Series & { ms: number }>(UNSEALED);
  return new Set(rows.map((row) => `${keyOf(row)} ${row.ms}`));
}

const DROPPED = `
  SELECT count(DISTINCT hour)::int AS count FROM raw_segment
   WHERE to_regclass('sample_' || to_char(hour AT TIME ZONE 'UTC', 'YYYYMMDD_HH24')) IS NULL`;

/** Hours that are in segments alone. */
export async function droppedHours(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(DROPPED);
  return rows[0]?.count ?? 0;
}
