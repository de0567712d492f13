import type { Store } from '@perfwatch/store';
import { epochMs } from '../series.ts';

export type Tier = 'hot' | 'raw' | '1m' | '1h';
export const TIERS: readonly Tier[] = ['hot', 'raw', '1m', '1h'];

/** What one host has in one tier. Times in milliseconds; null when there is nothing. */
export interface HostInTier {
  host: string;
  tier: Tier;
  /** What its rows hold, without what PostgreSQL adds: a measure of its share. */
  weight: number;
  /** Null: not counted. */
  numbers: number | null;
  oldestMs: number | null;
  newestMs: number | null;
}

/** Of the partitions of a busy system a part is looked at: about 8 MB. */
const SAMPLED_PAGES = 1000;

/** Bytes on disk, indexes and TOAST included, of each table that holds Samples. */
export async function tableBytes(store: Store): Promise<{ hot: number; raw: number; rollUps: number; hotPages: number }> {
  const [sizes] = await store.query<{ hot: number; raw: number; rollUps: number; hotPages: number }>(
    `SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0)::float8 AS hot,
            (coalesce(sum(pg_relation_size(inhrelid)), 0) / current_setting('block_size')::int)::float8 AS "hotPages",
            pg_total_relation_size('raw_segment')::float8 AS raw, pg_total_relation_size('rollup_segment')::float8 AS "rollUps"
       FROM pg_inherits WHERE inhparent = 'sample'::regclass`,
  );
  return sizes ?? { hot: 0, raw: 0, rollUps: 0, hotPages: 0 };
}

/** Of roll-ups the end of what the last one may hold: they do not tell one Sample from another. */
const LAST_END = `least(now(), max(start_ts + CASE resolution WHEN '1m' THEN interval '1 hour' ELSE interval '24 hours' END))`;

/** What each host has in segments. */
export async function hostsInSegments(store: Store): Promise<HostInTier[]> {
  const raw = await store.query<HostInTier>(
    `SELECT host, 'raw' AS tier, sum(octet_length(data))::float8 AS weight, sum(number_count)::float8 AS numbers,
            ${epochMs('min(start_ts)')} AS "oldestMs", ${epochMs('max(end_ts)')} AS "newestMs"
       FROM raw_segment GROUP BY host`,
  );
  const rollUps = await store.query<HostInTier>(
    `SELECT host, resolution AS tier, sum(octet_length(data))::float8 AS weight, sum(number_count)::float8 AS numbers,
            ${epochMs('min(start_ts)')} AS "oldestMs", ${epochMs(LAST_END)} AS "newestMs"
       FROM rollup_segment GROUP BY host, resolution`,
  );
  return [...raw, ...rollUps];
}

/** What each host has in hot rows: times by two probes of an index for each collector, shares by looking at some of the pages. */
export async function hostsInHotRows(store: Store, hotPages: number): Promise<HostInTier[]> {
  const probe = (order: string) =>
    `(SELECT ts FROM sample WHERE host = state.host AND collector = state.collector ORDER BY ts ${order} LIMIT 1)`;
  const times = await store.query<{ host: string; oldestMs: number; newestMs: number }>(
    `SELECT host, ${epochMs('min(oldest)')} AS "oldestMs", ${epochMs('max(newest)')} AS "newestMs"
       FROM (SELECT host, ${probe('ASC')} AS oldest, ${probe('DESC')} AS newest FROM collector_state state) ends
      WHERE oldest IS NOT NULL GROUP BY host`,
  );
  const percent = Math.min(100, (100 * SAMPLED_PAGES) / Math.max(1, hotPages));
  const shares = await store.query<{ host: string; weight: number }>(
    `SELECT host, sum(pg_column_size(metrics))::float8 AS weight FROM sample TABLESAMPLE SYSTEM (${percent}) GROUP BY host`,
  );
  const weights = new Map(shares.map(({ host, weight }) => [host, weight]));
  return times.map(({ host, oldestMs, newestMs }) => ({
    host,
    tier: 'hot',
    weight: weights.get(host) ?? 0,
    numbers: null,
    oldestMs,
    newestMs,
  }));
}
