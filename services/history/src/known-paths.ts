import { PerfwatchError, type MetricPath } from '@perfwatch/contract';
import type { Queryable } from '@perfwatch/store';
import { matchesAny, type MetricPattern } from './metric-pattern.ts';

/** Names are written again ten minutes after the last time at the earliest; twice that is enough for every replica's own count. */
const NAMES_SLACK_MS = 1_800_000;
/** More work than one query should be. Every metric of every core of a machine with 1024 CPUs is some 11,000 numbers. */
const MAX_PATHS = 20_000;

/** Where to read one number. `isAmbiguous`: the name is also that of a dimension, so what is there need not be a number. */
export interface SelectedPath {
  path: MetricPath;
  isAmbiguous: boolean;
}

interface NameRow {
  dimension: string;
  kind: string;
  name: string;
}

export interface PathSelection {
  host: string;
  collector: string;
  startMs: number;
  /** Null: all. */
  patterns: readonly MetricPattern[] | null;
}

/**
 * Every path that samples since `startMs` may have and the patterns mean; some may have no value. An instance that is named
 * outright is there without having been noted.
 * Throws PerfwatchError('bad_input') when there are too many.
 */
export async function selectPaths(connection: Queryable, { host, collector, startMs, patterns }: PathSelection): Promise<SelectedPath[]> {
  const rows = await connection.query<NameRow>(
    'SELECT dimension, kind, name FROM seen_name WHERE host = $1 AND collector = $2 AND last_seen >= $3 ORDER BY dimension, kind, name',
    [host, collector, new Date(Math.max(0, startMs - NAMES_SLACK_MS))],
  );
  const names = namesByDimension(rows);
  const selected: SelectedPath[] = [];
  const select = (path: MetricPath, isAmbiguous: boolean) => {
    if (patterns !== null && !matchesAny(patterns, path)) return;
    if (selected.length >= MAX_PATHS) throw tooMany(collector);
    selected.push({ path, isAmbiguous });
  };
  for (const metric of names.get('')?.metrics ?? []) select({ metric }, names.has(metric));
  for (const [dimension, { metrics, instances }] of names) {
    if (dimension === '') continue;
    const named = (patterns ?? []).filter((pattern) => pattern.dimension === dimension).map((pattern) => pattern.instance);
    const wanted = new Set([...instances, ...named.filter((instance) => instance !== null)]);
    for (const instance of wanted) for (const metric of metrics) select({ dimension, instance, metric }, false);
  }
  return selected;
}

interface DimensionNames {
  metrics: string[];
  instances: string[];
}

function namesByDimension(rows: readonly NameRow[]): Map<string, DimensionNames> {
  const byDimension = new Map<string, DimensionNames>();
  for (const { dimension, kind, name } of rows) {
    const names = byDimension.get(dimension) ?? { metrics: [], instances: [] };
    (kind === 'metric' ? names.metrics : names.instances).push(name);
    byDimension.set(dimension, names);
  }
  return byDimension;
}

function tooMany(collector: string): PerfwatchError {
  const message = `name what to read: ${collector} has more than ${MAX_PATHS} numbers per sample`;
  return new PerfwatchError('bad_input', `fields: ${message}`, { issues: [{ path: 'fields', message }] });
}
