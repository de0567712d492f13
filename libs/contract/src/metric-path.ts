import type { Metrics, MetricValue } from './sample.ts';

/** Where one number lives inside a collector's metrics. `dimension` and `instance` are both there or both absent. */
export interface MetricPath {
  metric: string;
  dimension?: string;
  instance?: string;
}

/** `usage_percent`, or `device.read_bytes_per_sec{device="vda"}`; `"` and `\` in an instance are escaped with `\`. */
export function formatMetricPath({ metric, dimension, instance }: MetricPath): string {
  if (dimension === undefined || instance === undefined) return metric;
  return `${dimension}.${metric}{${dimension}="${instance.replace(/["\\]/g, '\\$&')}"}`;
}

/** Calls `visit` for every leaf, dimensions included, in the object's order. */
export function forEachMetric(metrics: Metrics, visit: (path: MetricPath, value: MetricValue) => void): void {
  for (const [name, entry] of Object.entries(metrics)) {
    if (entry === null || typeof entry === 'number') visit({ metric: name }, entry);
    else {
      for (const [instance, values] of Object.entries(entry)) {
        for (const [metric, value] of Object.entries(values)) visit({ metric, dimension: name, instance }, value);
      }
    }
  }
}

/** Names come from outside: one such as `toString` must not find what every object inherits. */
const own = <T>(record: Record<string, T>, name: string): T | undefined => (Object.hasOwn(record, name) ? record[name] : undefined);

/** The value at a path; undefined where the metrics have no such leaf. */
export function metricAt(metrics: Metrics, { metric, dimension, instance }: MetricPath): MetricValue | undefined {
  if (dimension === undefined || instance === undefined) {
    const value = own(metrics, metric);
    return value === null || typeof value === 'number' ? value : undefined;
  }
  const entry = own(metrics, dimension);
  return entry === null || typeof entry !== 'object' ? undefined : own(own(entry, instance) ?? {}, metric);
}

/** Sets the value at a path, making the dimension and instance on the way. */
export function setMetricAt(metrics: Metrics, { metric, dimension, instance }: MetricPath, value: MetricValue): void {
  if (dimension === undefined || instance === undefined) {
    metrics[metric] = value;
    return;
  }
  const entry = own(metrics, dimension);
  const instances = entry !== null && typeof entry === 'object' ? entry : (metrics[dimension] = {});
  const values = own(instances, instance) ?? (instances[instance] = {});
  values[metric] = value;
}
