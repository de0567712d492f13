import type { Catalog, DimensionDescriptor, MetricDescriptor } from '@perfwatch/contract';
import type { Collector, MetricDeclarations } from './collector.ts';

export type Unavailable = Readonly<Record<string, string>>;

/** What a collector declares, with why this machine lacks some of it (`metric`, `dimension` or `dimension.metric`). */
export function catalogOf(
  collector: Collector,
  { host, ts, unavailable }: { host: string; ts: string; unavailable: Unavailable },
): Catalog {
  const described = (metrics: MetricDeclarations, prefix: string): Record<string, MetricDescriptor> =>
    Object.fromEntries(
      Object.entries(metrics).map(([name, metric]) => [name, { ...metric, unavailable: unavailable[`${prefix}${name}`] ?? null }]),
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
