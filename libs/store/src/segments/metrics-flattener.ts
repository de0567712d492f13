import type { DimensionMetrics, Metrics, MetricPath, MetricValue } from '@perfwatch/contract';

interface Leaf {
  metric: string;
  dimension: string | undefined;
  instance: string | undefined;
  index: number;
}

/** Unambiguous whatever the names hold: what comes before the metric tells its length. */
const keyOf = (metric: string, dimension: string | undefined, instance: string | undefined) =>
  dimension === undefined || instance === undefined
    ? `:${metric}`
    : `${dimension.length}:${dimension}${instance.length}:${instance}${metric}`;

/** Whether the path stands for a dimension or an instance that is there and holds nothing. */
export const isHollow = (path: MetricPath) => path.metric === '';

/**
 * Numbers the paths of a series as they turn up, and lays the metrics of one Sample out flat. Samples of a series nearly always name the
 * same paths in the same order, so each leaf is first compared with what was in its place in the Sample before.
 * A dimension or an instance that is there and holds nothing is a path without a metric, and always null.
 */
export class MetricsFlattener {
  /** Every path seen, by number. */
  readonly paths: MetricPath[] = [];
  /** Of the latest Sample: each leaf's path, by number. */
  indexes = new Int32Array(64);
  /** Of the latest Sample: each leaf's number; NaN for null. */
  values = new Float64Array(64);
  #leaves: Leaf[] = [];
  readonly #byKey = new Map<string, Leaf>();

  /** Fills `indexes` and `values`, and gives how many leaves there are. */
  flatten(metrics: Metrics): number {
    let at = 0;
    // Not for-in: that takes several times as long for objects whose names V8 has not listed yet.
    for (const name of Object.keys(metrics)) {
      const entry = metrics[name];
      if (entry === undefined) continue;
      if (entry === null || typeof entry === 'number') this.#put(at++, entry, name, undefined, undefined);
      else at = this.#flattenDimension(at, name, entry);
    }
    return at;
  }

  /** The number of a path, a new one if need be. */
  indexOf({ metric, dimension, instance }: MetricPath): number {
    return this.#leafOf(metric, dimension, instance).index;
  }

  #flattenDimension(first: number, dimension: string, instances: DimensionMetrics): number {
    let at = first;
    for (const instance of Object.keys(instances)) {
      const firstOfInstance = at;
      const values = instances[instance];
      if (values === undefined) continue;
      for (const metric of Object.keys(values)) this.#put(at++, values[metric] ?? null, metric, dimension, instance);
      if (at === firstOfInstance) this.#put(at++, null, '', dimension, instance);
    }
    if (at === first) this.#put(at++, null, '', dimension, '');
    return at;
  }

  #put(at: number, value: MetricValue, metric: string, dimension: string | undefined, instance: string | undefined): void {
    let leaf = this.#leaves[at];
    if (leaf?.metric !== metric || leaf.instance !== instance || leaf.dimension !== dimension) {
      leaf = this.#leafOf(metric, dimension, instance);
      this.#leaves[at] = leaf;
      if (at >= this.values.length) this.#grow();
    }
    this.indexes[at] = leaf.index;
    this.values[at] = value ?? Number.NaN;
  }

  #leafOf(metric: string, dimension: string | undefined, instance: string | undefined): Leaf {
    const key = keyOf(metric, dimension, instance);
    let leaf = this.#byKey.get(key);
    if (leaf === undefined) {
      leaf = { metric, dimension, instance, index: this.paths.length };
      this.#byKey.set(key, leaf);
      this.paths.push(dimension === undefined || instance === undefined ? { metric } : { metric, dimension, instance });
    }
    return leaf;
  }

  #grow(): void {
    const indexes = new Int32Array(2 * this.indexes.length);
    indexes.set(this.indexes);
    this.indexes = indexes;
    const values = new Float64Array(2 * this.values.length);
    values.set(this.values);
    this.values = values;
  }
}
