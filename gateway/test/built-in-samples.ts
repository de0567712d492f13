import type { Metrics, Sample } from '@perfwatch/contract';
import type { Collector, MetricDeclarations } from '@perfwatch/service-kit';

export interface BuiltInSampleOptions {
  host: string;
  ts: string;
  /** How many there are of what a dimension has. */
  instances: number;
}

/** A number for each metric; a different one each time would be compressed less well than real ones. */
const numbersOf = (declared: MetricDeclarations, from: number): Record<string, number> =>
  Object.fromEntries(Object.keys(declared).map((name, index) => [name, from + index * 1.125]));

/** A Sample of a collector in which nothing that it declares is missing. */
export function sampleOfEverything({ name, metrics, dimensions }: Collector, { host, ts, instances }: BuiltInSampleOptions): Sample {
  const parts = Object.entries(dimensions).map(([dimension, declared]): [string, Metrics[string]] => {
    const each = Array.from({ length: instances }, (_, index): [string, Record<string, number>] => [
      `${dimension}${index}`,
      numbersOf(declared.metrics, index),
    ]);
    return [dimension, Object.fromEntries(each)];
  });
  const all: Metrics = { ...numbersOf(metrics, 1), ...Object.fromEntries(parts) };
  return { host, collector: name, ts, run: 'r1', seq: 0, interval_ms: 1000, elapsed_ms: 1000, status: 'ok', reason: null, metrics: all };
}
