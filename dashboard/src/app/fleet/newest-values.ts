import type { MetricValue } from '@perfwatch/contract';
import type { PastPoint } from './fleet-memory.ts';

/** The newest known value of each host. `points` are oldest first for each host. */
export function newestValues(points: readonly PastPoint[]): Map<string, MetricValue> {
  const values = new Map<string, MetricValue>();
  for (const { host, value } of points) if (value !== null) values.set(host, value);
  return values;
}
