import type { Catalog, DimensionDescriptor, MetricDescriptor } from '@perfwatch/contract';
import type { Collector, MetricDeclarations } from './collector.ts';

type ByPath = Readonly<Record<string, string>>;

/** What a collector found out about this machine, by `metric`, `dimension` or `dimension.metric`. */
export interface MachineCatalog {
  /** Why it lacks some of what is declared. */
  readonly unavailable: ByPath;
  /** Where it has something from, where that differs from what is declared. */
  readonly sources: ByPath;
}

/** What a collector declares, with what it found out about this machine. */
export function catalogOf(
  collector: Collector,
  { host, ts, unavailable, sources }: MachineCatalog & { host: string; ts: string },
): Catalog {
  const described = (metrics: MetricDeclarations, prefix: string): Record<string, MetricDescriptor> =>
    Object.fromEntries(
      Object.entries(metrics).map(([name, metric]) => {
        const path = `${prefix}${name}`;
        const source = sources[path];
        return [name, { ...metric, ...(source === undefined ? {} : { source }), unavailable: unavailable[path] ?? null }];
      }),
    );
  const dimensions = Object.entries(collector.dimensions).map(([name, { metrics, ...dimension }]): [string, DimensionDescriptor] => [
    name,
    { ...dimension, unavailable: unavailable[name] ?? null, metrics: described(metrics, `${name}.`) },
  ]);
  return {
    host,
    collector: collector.name,
    ts,
    title: collector.title,
    ...(collector.help === undefined ? {} : { help: collector.help }),
    metrics: described(collector.metrics, ''),
    dimensions: Object.fromEntries(dimensions),
  };
}
