import {
  unitOf,
  type Catalog,
  type CatalogEntry,
  type DimensionDescriptor,
  type MetricDescriptor,
  type SampleStatus,
} from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import { unknownHost } from './known-hosts.ts';
import { HOUR_MS } from './durations.ts';

/** An instance not seen for this long before the collector's newest sample is left out. */
const LATELY_MS = HOUR_MS;
/** Most instances listed for one dimension: the latest. */
const MAX_INSTANCES = 2000;

interface CollectorRow {
  host: string;
  collector: string;
  catalog: Catalog | null;
  last_sample: Date | null;
  status: SampleStatus | null;
  reason: string | null;
}

interface NameRow {
  host: string;
  collector: string;
  dimension: string;
  kind: string;
  name: string;
}

const COLLECTORS = `
  SELECT host, collector, catalog, last_sample, status, reason
    FROM collector_state FULL JOIN collector_catalog USING (host, collector)
   WHERE $1::text IS NULL OR host = $1 ORDER BY host, collector`;

const NAMES = `
  SELECT host, collector, dimension, kind, name FROM (
    SELECT n.*, row_number() OVER (PARTITION BY host, collector, dimension, kind ORDER BY n.last_seen DESC, name) AS rank
      FROM seen_name n JOIN collector_state c USING (host, collector)
     WHERE ($1::text IS NULL OR host = $1) AND n.last_seen >= c.last_sample - $2::double precision * interval '1 millisecond') names
   WHERE rank <= $3`;

/**
 * What each collector's numbers are, by host and name: its catalog, completed by what its samples hold and the catalog does not say.
 * Throws PerfwatchError('not_found') for a host that is not known.
 */
export async function describeCollectors(store: Store, host: string | null): Promise<CatalogEntry[]> {
  const collectors = await store.query<CollectorRow>(COLLECTORS, [host]);
  if (host !== null && collectors.length === 0) {
    const known = await store.query('SELECT 1 FROM host WHERE host = $1', [host]);
    if (known.length === 0) throw await unknownHost(store, host);
  }
  const names = await store.query<NameRow>(NAMES, [host, LATELY_MS, MAX_INSTANCES]);
  const namesByCollector = Map.groupBy(names, ({ host: ofHost, collector }) => `${ofHost} ${collector}`);
  return collectors.map((row) => toEntry(row, namesByCollector.get(`${row.host} ${row.collector}`) ?? []));
}

function toEntry({ host, collector, catalog, last_sample, status, reason }: CollectorRow, names: readonly NameRow[]): CatalogEntry {
  const metricNames = (dimension: string) =>
    names.filter((row) => row.kind === 'metric' && row.dimension === dimension).map(({ name }) => name);
  const dimensions: Record<string, DimensionDescriptor> = { ...catalog?.dimensions };
  for (const dimension of new Set(names.map((row) => row.dimension))) {
    if (dimension === '') continue;
    const described = (Object.hasOwn(dimensions, dimension) ? dimensions[dimension] : null) ?? { title: titleOf(dimension), metrics: {} };
    dimensions[dimension] = { ...described, metrics: completed(described.metrics, metricNames(dimension)) };
  }
  return {
    host,
    collector,
    ts: catalog?.ts ?? (last_sample ?? new Date(0)).toISOString(),
    title: catalog?.title ?? titleOf(collector),
    ...(catalog?.help === undefined ? {} : { help: catalog.help }),
    metrics: completed(catalog?.metrics ?? {}, metricNames('')),
    dimensions,
    instances: instancesOf(dimensions, names),
    status,
    reason,
  };
}

function instancesOf(dimensions: Record<string, DimensionDescriptor>, names: readonly NameRow[]): Record<string, string[]> {
  const naturally = new Intl.Collator('en', { numeric: true }).compare;
  const instances = Map.groupBy(
    names.filter(({ kind }) => kind === 'instance'),
    ({ dimension }) => dimension,
  );
  return Object.fromEntries(
    Object.keys(dimensions).map((dimension) => [dimension, (instances.get(dimension) ?? []).map(({ name }) => name).sort(naturally)]),
  );
}

/** What a catalog describes, in its order; then the other metrics, described from their names alone. */
function completed(described: Readonly<Record<string, MetricDescriptor>>, names: readonly string[]): Record<string, MetricDescriptor> {
  const metrics = { ...described };
  for (const name of [...names].sort()) {
    const unit = unitOf(name);
    if (unit !== null && !Object.hasOwn(described, name))
      metrics[name] = { title: titleOf(unit === 'load' ? name : name.slice(0, -unit.length - 1)), unit, kind: 'gauge' };
  }
  return metrics;
}

/** `read_ops` as "Read ops" */
function titleOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim() || name;
  return words.charAt(0).toUpperCase() + words.slice(1, 120);
}
