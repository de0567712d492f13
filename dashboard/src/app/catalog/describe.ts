import { unitOf, type Catalog, type MetricDescriptor, type Metrics, type Unit } from '@perfwatch/contract';

/** What a metric is, from its catalog or, without one, from its name. */
export interface MetricInfo {
  name: string;
  title: string;
  unit: Unit | null;
  help: string | null;
  source: string | null;
  /** Why this host does not have it; null when it does. */
  unavailable: string | null;
}

export interface DimensionInfo {
  name: string;
  title: string;
  help: string | null;
  unavailable: string | null;
  metrics: MetricInfo[];
}

/** Everything needed to draw a collector that nobody here knows. */
export interface CollectorInfo {
  name: string;
  title: string;
  help: string | null;
  metrics: MetricInfo[];
  dimensions: DimensionInfo[];
}

const UNIT_ENDING = /_(bytes_per_sec|per_sec|percent|bytes|seconds|celsius|watts|ratio|count|mhz|ms)$/;

/** `read_bytes_per_sec` as a title: `Read`. A name that is nothing but its unit stays whole. */
export function titleOf(name: string): string {
  const words = name.replace(UNIT_ENDING, '').replace(/[_-]+/g, ' ').trim() || name;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function metricInfo(name: string, descriptor: MetricDescriptor | undefined): MetricInfo {
  return {
    name,
    title: descriptor?.title ?? titleOf(name),
    unit: descriptor?.unit ?? unitOf(name),
    help: descriptor?.help ?? null,
    source: descriptor?.source ?? null,
    unavailable: descriptor?.unavailable ?? null,
  };
}

function metricInfos(descriptors: Record<string, MetricDescriptor>, seen: readonly string[]): MetricInfo[] {
  const names = [...Object.keys(descriptors), ...seen.filter((name) => !Object.hasOwn(descriptors, name))];
  return names.map((name) => metricInfo(name, descriptors[name]));
}

/** Names of metrics in the newest sample. Instances of one dimension have the same metrics, so the first few tell them all. */
function seenIn(metrics: Metrics): { plain: string[]; dimensions: Map<string, string[]> } {
  const plain: string[] = [];
  const dimensions = new Map<string, string[]>();
  for (const [name, entry] of Object.entries(metrics)) {
    if (entry === null || typeof entry === 'number') plain.push(name);
    else {
      const instances = Object.values(entry).slice(0, 3);
      dimensions.set(name, [...new Set(instances.flatMap((values) => Object.keys(values)))]);
    }
  }
  return { plain, dimensions };
}

/** A collector as its catalog describes it, with what its newest sample has besides. Either may be absent. */
export function describeCollector(name: string, catalog: Catalog | null, metrics: Metrics | null): CollectorInfo {
  const seen = seenIn(metrics ?? {});
  const declared = catalog?.dimensions ?? {};
  const dimensions = [...Object.keys(declared), ...[...seen.dimensions.keys()].filter((dimension) => !Object.hasOwn(declared, dimension))];
  return {
    name,
    title: catalog?.title ?? titleOf(name),
    help: catalog?.help ?? null,
    metrics: metricInfos(catalog?.metrics ?? {}, seen.plain),
    dimensions: dimensions.map((dimension) => ({
      name: dimension,
      title: declared[dimension]?.title ?? titleOf(dimension),
      help: declared[dimension]?.help ?? null,
      unavailable: declared[dimension]?.unavailable ?? null,
      metrics: metricInfos(declared[dimension]?.metrics ?? {}, seen.dimensions.get(dimension) ?? []),
    })),
  };
}

/** Whether two descriptions say the same, so that what is drawn from them need not be made anew. */
export function isSameInfo(a: CollectorInfo, b: CollectorInfo): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Metrics that belong on one axis. */
export interface ChartGroup {
  unit: Unit | null;
  metrics: MetricInfo[];
}

/** Lines that can be told apart on one chart. */
export const MOST_LINES = 8;

/** The metrics this host has, by unit, in the catalog's order; a unit with more lines than can be told apart gets several charts. */
export function chartGroups(metrics: readonly MetricInfo[]): ChartGroup[] {
  const byUnit = new Map<Unit | null, MetricInfo[]>();
  for (const metric of metrics) {
    if (metric.unavailable === null) byUnit.set(metric.unit, [...(byUnit.get(metric.unit) ?? []), metric]);
  }
  return [...byUnit].flatMap(([unit, members]) => {
    const chartCount = Math.ceil(members.length / MOST_LINES);
    const size = Math.ceil(members.length / chartCount);
    return Array.from({ length: chartCount }, (_, index) => ({ unit, metrics: members.slice(index * size, (index + 1) * size) }));
  });
}

/** Why a value is null: what the catalog says of the metric or its dimension, else what the sample says, else the usual cause. */
export function nullReason(info: {
  metric: MetricInfo | undefined;
  dimension?: DimensionInfo | undefined;
  sampleReason: string | null;
}): string {
  return (
    info.metric?.unavailable ??
    info.dimension?.unavailable ??
    info.sampleReason ??
    'Not known at this tick: the first sample of a rate, a counter that was reset, or a file that could not be read'
  );
}
