import type { DimensionMetrics, InstanceMetrics, Metrics, MetricPath } from '@perfwatch/contract';
import { NO_VALUE, type Presence } from './presence.ts';
import { SAMPLE_COLUMNS } from './segment-layout.ts';
import type { StoredSample } from './stored-sample.ts';

/** Numbers of a column one after another, and which Samples have them. */
export interface ColumnNumbers {
  presence: Presence;
  numbers: Float64Array;
}

export interface SampleReaderParts {
  paths: readonly MetricPath[];
  /** SAMPLE_COLUMNS, then one for each path. */
  columns: readonly ColumnNumbers[];
  /** By Sample, as the other texts. */
  runs: readonly (string | null)[];
  statuses: readonly (string | null)[];
  reasons: readonly (string | null)[];
  /** Dimensions, or instances of them, that are there and hold nothing. */
  hollows: readonly { path: MetricPath; presence: Presence }[];
}

/** Puts Samples together again from columns; quickest in the order of time. */
export class SampleReader {
  readonly #parts: SampleReaderParts;

  constructor(parts: SampleReaderParts) {
    this.#parts = parts;
  }

  read(index: number): StoredSample {
    const { runs, statuses, reasons } = this.#parts;
    const metrics = this.#metrics(index);
    this.#addHollows(metrics, index);
    return {
      tsMs: this.#field('ts', index) ?? 0,
      run: runs[index] ?? null,
      seq: this.#field('seq', index),
      intervalMs: this.#field('interval_ms', index),
      elapsedMs: this.#field('elapsed_ms', index),
      status: statuses[index] ?? null,
      reason: reasons[index] ?? null,
      metrics,
    };
  }

  #field(name: (typeof SAMPLE_COLUMNS)[number], index: number): number | null {
    const column = this.#parts.columns[SAMPLE_COLUMNS.indexOf(name)];
    return column?.numbers[column.presence.rankAt(index)] ?? null;
  }

  #metrics(index: number): Metrics {
    const { paths, columns } = this.#parts;
    const metrics: Metrics = {};
    let instance: InstanceMetrics | null = null;
    let previous: MetricPath | null = null;
    for (let at = 0; at < paths.length; at += 1) {
      const path = paths[at];
      const column = columns[SAMPLE_COLUMNS.length + at];
      const rank = column?.presence.rankAt(index) ?? NO_VALUE;
      if (path === undefined || rank === NO_VALUE) continue;
      const value = column?.numbers[rank] ?? null;
      if (path.dimension === undefined || path.instance === undefined) metrics[path.metric] = value;
      else {
        // Paths of one instance mostly stand together: it is looked up once for all of them.
        if (instance === null || previous?.instance !== path.instance || previous.dimension !== path.dimension) {
          instance = instanceOf(metrics, path.dimension, path.instance);
          previous = path;
        }
        instance[path.metric] = value;
      }
    }
    return metrics;
  }

  #addHollows(metrics: Metrics, index: number): void {
    for (const { path, presence } of this.#parts.hollows) {
      if (path.dimension === undefined || presence.rankAt(index) === NO_VALUE) continue;
      if (path.instance === undefined || path.instance === '') metrics[path.dimension] = {};
      else instanceOf(metrics, path.dimension, path.instance);
    }
  }
}

/** Names come from outside: one such as `toString` must not find what every object inherits. */
function instanceOf(metrics: Metrics, dimension: string, instance: string): InstanceMetrics {
  const entry = Object.hasOwn(metrics, dimension) ? metrics[dimension] : undefined;
  const instances: DimensionMetrics = entry !== null && typeof entry === 'object' ? entry : (metrics[dimension] = {});
  const values = Object.hasOwn(instances, instance) ? instances[instance] : undefined;
  return values ?? (instances[instance] = {});
}
