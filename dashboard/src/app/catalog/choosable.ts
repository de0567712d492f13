import type { CatalogEntry } from '@perfwatch/contract';
import { describeCollector, type CollectorInfo, type DimensionInfo, type MetricInfo } from './describe.ts';
import { formatChoice, type MetricChoice } from './metric-choice.ts';

/** A collector as it may be chosen from, over all hosts looked at: what any of them has is there. */
export interface ChoosableCollector extends CollectorInfo {
  /** By dimension: instances that were seen lately, on any host. */
  instances: ReadonlyMap<string, readonly string[]>;
}

/** Catalogs of several hosts as one list, by the collectors' titles. */
export function choosableCollectors(entries: readonly CatalogEntry[]): ChoosableCollector[] {
  const byName = new Map<string, ChoosableCollector>();
  for (const entry of entries) {
    const before = byName.get(entry.collector);
    const info = describeCollector(entry.collector, entry, null);
    const instances = new Map(Object.entries(entry.instances));
    byName.set(entry.collector, before === undefined ? { ...info, instances } : merged(before, { ...info, instances }));
  }
  return [...byName.values()].sort((a, b) => a.title.localeCompare(b.title));
}

function merged(a: ChoosableCollector, b: ChoosableCollector): ChoosableCollector {
  const names = [...new Set([...a.instances.keys(), ...b.instances.keys()])];
  return {
    ...a,
    metrics: mergedBy(a.metrics, b.metrics, mergedMetric),
    dimensions: mergedBy(a.dimensions, b.dimensions, mergedDimension),
    instances: new Map(names.map((name) => [name, [...new Set([...(a.instances.get(name) ?? []), ...(b.instances.get(name) ?? [])])]])),
  };
}

function mergedBy<T extends { name: string }>(a: readonly T[], b: readonly T[], merge: (a: T, b: T) => T): T[] {
  const of = new Map(b.map((item) => [item.name, item]));
  const both = a.map((item) => {
    const other = of.get(item.name);
    of.delete(item.name);
    return other === undefined ? item : merge(item, other);
  });
  return [...both, ...of.values()];
}

const mergedMetric = (a: MetricInfo, b: MetricInfo): MetricInfo => (a.unavailable === null ? a : b);
const mergedDimension = (a: DimensionInfo, b: DimensionInfo): DimensionInfo => ({
  ...a,
  unavailable: a.unavailable === null ? null : b.unavailable,
  metrics: mergedBy(a.metrics, b.metrics, mergedMetric),
});

/** What the catalogs say of a choice; null where no catalog has it. */
export function findMetric(
  collectors: readonly ChoosableCollector[],
  { collector: name, metric, dimension }: MetricChoice,
): { collector: ChoosableCollector; dimension: DimensionInfo | null; metric: MetricInfo } | null {
  const collector = collectors.find((candidate) => candidate.name === name);
  const within = dimension === null ? null : collector?.dimensions.find((candidate) => candidate.name === dimension);
  const info = (dimension === null ? collector?.metrics : within?.metrics)?.find((candidate) => candidate.name === metric);
  return collector === undefined || info === undefined ? null : { collector, dimension: within ?? null, metric: info };
}

/** A choice in words: `CPU: Busy`, `Disk: Device: Read vda`. What no catalog has is named as it is written. */
export function titleOfChoice(collectors: readonly ChoosableCollector[], choice: MetricChoice): string {
  const found = findMetric(collectors, choice);
  if (found === null) return formatChoice(choice);
  const { collector, dimension, metric } = found;
  const parts = [collector.title, ...(dimension === null ? [] : [dimension.title]), metric.title].join(': ');
  return choice.instance === null ? parts : `${parts} ${choice.instance}`;
}
