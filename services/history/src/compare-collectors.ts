import type { Queryable } from '@perfwatch/store';
import type { CompareWindows } from './compare-windows.ts';
import { onlyHost, resolveSeries, unknownHost } from './known-hosts.ts';
import { matchesAny, type MetricPattern } from './metric-pattern.ts';

/** Names are written again ten minutes after the last time at the earliest; twice that is enough for every replica's own count. */
const NAMES_SLACK_MS = 1_800_000;

export interface ComparedCollector {
  collector: string;
  /** As its newest Sample says; null where that does not. */
  intervalMs: number | null;
}

/** One collector of a host, or all that it has. Throws PerfwatchError as `resolveSeries` does. */
export async function findCollectors(
  connection: Queryable,
  { host, collector }: { host: string | undefined; collector: string | undefined },
): Promise<{ host: string; collectors: ComparedCollector[] }> {
  const resolved =
    collector === undefined ? (host ?? (await onlyHost(connection))) : (await resolveSeries(connection, { host, collector })).host;
  const rows = await connection.query<{ collector: string; interval_ms: number | null }>(
    'SELECT collector, interval_ms FROM collector_state WHERE host = $1 AND ($2::text IS NULL OR collector = $2) ORDER BY collector',
    [resolved, collector ?? null],
  );
  if (rows.length === 0) throw await unknownHost(connection, resolved);
  return { host: resolved, collectors: rows.map((row) => ({ collector: row.collector, intervalMs: row.interval_ms })) };
}

export interface PathCountRequest {
  host: string;
  collectors: readonly ComparedCollector[];
  windows: CompareWindows;
  /** Null: all. */
  patterns: readonly MetricPattern[] | null;
}

/** How many of the paths that are meant the collector which has most of them may have had since the earlier window began. */
export async function mostPaths(connection: Queryable, { host, collectors, windows, patterns }: PathCountRequest): Promise<number> {
  const startMs = Math.max(0, Math.min(windows.first.startMs, windows.second.startMs) - NAMES_SLACK_MS);
  const dimensions = await connection.query<SeenDimension>(
    `SELECT collector, dimension, coalesce(array_agg(name) FILTER (WHERE kind = 'metric'), '{}') AS metrics,
            (count(*) FILTER (WHERE kind = 'instance'))::int AS instances
       FROM seen_name WHERE host = $1 AND collector = ANY ($2) AND last_seen >= $3 GROUP BY collector, dimension`,
    [host, collectors.map(({ collector }) => collector), new Date(startMs)],
  );
  const counts = new Map<string, number>();
  for (const dimension of dimensions)
    counts.set(dimension.collector, (counts.get(dimension.collector) ?? 0) + countPaths(dimension, patterns));
  return Math.max(0, ...counts.values());
}

/** Names of one dimension; '' is the collector itself, which has no instances. */
interface SeenDimension {
  collector: string;
  dimension: string;
  metrics: string[];
  instances: number;
}

function countPaths({ dimension, metrics, instances }: SeenDimension, patterns: readonly MetricPattern[] | null): number {
  const each = dimension === '' ? 1 : instances;
  if (patterns === null) return metrics.length * each;
  const pathOf = (metric: string, instance: string) => (dimension === '' ? { metric } : { metric, dimension, instance });
  const ofAnyInstance = patterns.filter(({ instance }) => instance === null);
  const ofOneInstance = patterns.filter(({ instance }) => instance !== null);
  const countOf = (metric: string) =>
    matchesAny(ofAnyInstance, pathOf(metric, ''))
      ? each
      : ofOneInstance.filter((pattern) => matchesAny([pattern], pathOf(metric, pattern.instance ?? ''))).length;
  return metrics.reduce((sum, metric) => sum + countOf(metric), 0);
}
