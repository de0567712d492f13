import { INTERFACE_COUNTERS } from '@perfwatch/procfs';
import { roundMetric } from '@perfwatch/service-kit';
import type { InterfaceMetrics } from './declaration.ts';
import type { Increases } from './interface-increases.ts';

/** The metric of each of INTERFACE_COUNTERS, in their order. */
export const TRAFFIC_METRICS = [
  'recv_bytes_per_sec',
  'recv_packets_per_sec',
  'recv_errors_per_sec',
  'recv_drops_per_sec',
  'sent_bytes_per_sec',
  'sent_packets_per_sec',
  'sent_errors_per_sec',
  'sent_drops_per_sec',
] as const satisfies readonly (keyof InterfaceMetrics)[];

type Traffic = Pick<InterfaceMetrics, (typeof TRAFFIC_METRICS)[number]>;

/** Rates of what was counted in `elapsedMs`; null where that is not known. */
export function trafficOf(increases: Increases | null, elapsedMs: number | null): Traffic {
  const traffic: Traffic = {};
  for (const [column, metric] of TRAFFIC_METRICS.entries()) {
    const increase = increases?.[column] ?? null;
    traffic[metric] = increase === null || elapsedMs === null || !(elapsedMs > 0) ? null : roundMetric((increase * 1000) / elapsedMs);
  }
  return traffic;
}

/**
 * Sum of what several interfaces counted; null where none is known. An interface whose increase is not known, at its first tick or after a
 * reset, adds nothing.
 */
export function sumOfIncreases(all: Iterable<Increases | null>): Increases {
  const sums: (number | null)[] = INTERFACE_COUNTERS.map(() => null);
  for (const increases of all) {
    for (const [column, increase] of (increases ?? []).entries()) {
      if (increase !== null) sums[column] = (sums[column] ?? 0) + increase;
    }
  }
  return sums;
}
