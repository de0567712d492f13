import { AGGREGATES, MAX_HISTORY_HOSTS, PerfwatchError, type Aggregate, type ExportQuery, type HistoryQuery } from '@perfwatch/contract';
import type { Queryable } from '@perfwatch/store';
import { resolveHosts } from '../known-hosts.ts';
import { parseFields, type MetricPattern } from '../metric-pattern.ts';
import { parseRange, type TimeRange } from '../time-range.ts';

/** What a query or an export is about. */
export interface HistorySelection {
  hosts: readonly string[];
  collector: string;
  range: TimeRange;
  /** Null: all. */
  patterns: readonly MetricPattern[] | null;
  aggregates: readonly Aggregate[];
  interval: string;
}

/** What the first page has found out, so that the others are about the same. */
export interface SelectionStart {
  startMs: number;
  endMs: number;
  host: string | null;
}

type Query = Pick<HistoryQuery | ExportQuery, 'host' | 'metric_type' | 'start_time' | 'end_time' | 'fields' | 'agg' | 'interval'>;

/** Throws PerfwatchError: 'bad_input' and 'not_found' say what there is. */
export async function selectHistory(connection: Queryable, query: Query, start: SelectionStart): Promise<HistorySelection> {
  const { fields, metric_type: collector } = query;
  const patterns = fields === undefined || fields.trim() === '' ? null : parseFields(fields, collector);
  const asked = query.host === undefined ? null : hostsOf(query.host);
  const hosts = start.host === null ? await resolveHosts(connection, { hosts: asked, collector }) : (asked ?? [start.host]);
  return {
    hosts,
    collector,
    range: { startMs: start.startMs, endMs: start.endMs },
    patterns,
    aggregates: AGGREGATES.filter((aggregate) => [query.agg ?? 'avg'].flat().includes(aggregate)),
    interval: query.interval,
  };
}

/** Where a first page begins. Before 1970 there is nothing, and PostgreSQL has no year 0. */
export function firstStart(query: Query, nowMs: number): SelectionStart & { asked: TimeRange } {
  const asked = parseRange(query, nowMs);
  return { startMs: Math.max(0, asked.startMs), endMs: Math.max(0, asked.endMs), host: null, asked };
}

function hostsOf(host: string | readonly string[]): string[] {
  const hosts = [...new Set([host].flat().flatMap((names) => names.split(',')))];
  if (hosts.length <= MAX_HISTORY_HOSTS) return hosts;
  const message = `names ${hosts.length} hosts; ${MAX_HISTORY_HOSTS} are the most: ask several times`;
  throw new PerfwatchError('bad_input', `host ${message}`, { issues: [{ path: 'host', message }] });
}
