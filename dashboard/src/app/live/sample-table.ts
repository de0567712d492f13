import { formatMetricPath, type MetricPath, type Metrics, type MetricValue } from '@perfwatch/contract';

export interface SampleTableOptions {
  /** Rows that share a bucket of this many milliseconds become their mean. */
  bucketMs: number;
  /** Rows kept; the oldest goes when it is full. */
  capacity: number;
  /** Series kept; values of further ones are dropped and counted. */
  maxSeries: number;
}

/** One tick to keep. `intervalMs` is null where the publisher does not say it. */
export interface TableRow {
  timeMs: number;
  intervalMs: number | null;
  metrics: Metrics;
}

/** What a 32-bit float can hold. Nothing a machine has comes near; what is beyond is not drawn. */
const MOST = 3.4e38;

type Column = Float32Array<ArrayBuffer>;
type InstanceColumns = Map<string, Map<string, Column>>;

/**
 * The recent past of one collector: a ring of rows in order of time, one typed array per series. Values are kept as 32-bit floats
 * (seven digits, more than a chart shows); NaN stands for null. Memory is bounded by `capacity * maxSeries * 4` bytes.
 */
export class SampleTable {
  readonly #options: SampleTableOptions;
  readonly #times: Float64Array<ArrayBuffer>;
  readonly #intervals: Column;
  /** Rows that went into a bucket's mean, and the newest of them: what is not newer has been counted. */
  readonly #counts: Column;
  /** The bucket being filled: how many values of each column are in it, where that is not the number of its rows so far. */
  #bucket = { slot: -1, rows: 0, values: new Map<Column, number>() };
  readonly #newest: Float64Array<ArrayBuffer>;
  readonly #plain = new Map<string, Column>();
  readonly #dimensions = new Map<string, InstanceColumns>();
  #seriesCount = 0;
  #droppedValues = 0;
  #start = 0;
  #length = 0;

  constructor(options: SampleTableOptions) {
    this.#options = options;
    this.#times = new Float64Array(options.capacity);
    this.#newest = new Float64Array(options.capacity);
    this.#intervals = new Float32Array(options.capacity);
    this.#counts = new Float32Array(options.capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Values that were not kept because there are more series than `maxSeries`. */
  get droppedValues(): number {
    return this.#droppedValues;
  }

  /** Time of the row at `index`, 0 being the oldest; NaN outside. */
  timeAt(index: number): number {
    return index < 0 || index >= this.#length ? Number.NaN : (this.#times[this.#slot(index)] ?? Number.NaN);
  }

  intervalAt(index: number): number {
    return this.#intervals[this.#slot(index)] ?? Number.NaN;
  }

  /** The value of a series at a row; null where it is not known. */
  valueAt(path: MetricPath, index: number): MetricValue {
    const column = this.#find(path);
    return column === undefined ? null : this.#read(column, index);
  }

  /** Calls `visit` with every value of a series in rows `from` to `to` (not included), in order. */
  eachValue(path: MetricPath, { from, to }: { from: number; to: number }, visit: (value: MetricValue, index: number) => void): void {
    const column = this.#find(path);
    for (let index = from; index < to; index++) visit(column === undefined ? null : this.#read(column, index), index);
  }

  /** Instances that a dimension had within the rows kept. */
  instancesOf(dimension: string): string[] {
    return [...(this.#dimensions.get(dimension)?.keys() ?? [])];
  }

  /** Index of the first row not before `timeMs`. */
  indexAt(timeMs: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeAt(middle) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds a tick, in any order; false when it was here already or is older than all that is kept. */
  add({ timeMs, intervalMs, metrics }: TableRow): boolean {
    const bucketMs = Math.floor(timeMs / this.#options.bucketMs) * this.#options.bucketMs;
    const index = this.#indexFromEnd(bucketMs);
    if (this.timeAt(index) === bucketMs) return this.#addToBucket(index, { timeMs, metrics });
    if (index === 0 && this.#length === this.#options.capacity) return false;
    const slot = this.#open(index);
    this.#times[slot] = bucketMs;
    this.#newest[slot] = timeMs;
    this.#counts[slot] = 1;
    const distanceMs = index === 0 ? Number.NaN : bucketMs - this.timeAt(index - 1);
    this.#intervals[slot] = intervalMs ?? this.#guessInterval(index, distanceMs);
    this.#bucket = { slot, rows: 1, values: new Map() };
    this.#write(metrics, (column, value) => (column[slot] = value));
    return true;
  }

  #addToBucket(index: number, { timeMs, metrics }: { timeMs: number; metrics: Metrics }): boolean {
    const slot = this.#slot(index);
    if (timeMs <= (this.#newest[slot] ?? 0)) return false;
    if (slot !== this.#bucket.slot) this.#bucket = { slot, rows: this.#counts[slot] ?? 1, values: new Map() };
    const { rows, values } = this.#bucket;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    this.#newest[slot] = timeMs;
    this.#write(metrics, (column, value) => {
      if (Number.isNaN(value)) return;
      const mean = column[slot] ?? Number.NaN;
      const count = (Number.isNaN(mean) ? 0 : (values.get(column) ?? rows)) + 1;
      values.set(column, count);
      column[slot] = count === 1 ? value : mean + (value - mean) / count;
    });
    return true;
  }

  /** Like `indexAt`, from the newest end: nearly every row is newer than all that is there. */
  #indexFromEnd(timeMs: number): number {
    let index = this.#length;
    while (index > 0 && this.timeAt(index - 1) >= timeMs) index--;
    return index;
  }

  /** A publisher that does not say its interval: the smaller of the last two distances, so that a gap is not taken for the rhythm. */
  #guessInterval(index: number, distanceMs: number): number {
    const before = index === 0 ? Number.NaN : this.intervalAt(index - 1);
    return Number.isNaN(before) ? distanceMs : Math.min(before * 2, distanceMs);
  }

  #slot(index: number): number {
    return (this.#start + index) % this.#options.capacity;
  }

  #read(column: Column, index: number): MetricValue {
    const value = column[this.#slot(index)];
    return value === undefined || Number.isNaN(value) ? null : value;
  }

  /** Makes room for a row at `index` and returns its slot, emptied. */
  #open(index: number): number {
    const isFull = this.#length === this.#options.capacity;
    const at = isFull ? index - 1 : index;
    if (isFull) this.#start = (this.#start + 1) % this.#options.capacity;
    else this.#length++;
    const columns = [...this.#allColumns()];
    for (const column of [this.#times, this.#newest, this.#intervals, this.#counts, ...columns]) {
      for (let row = this.#length - 1; row > at; row--) column[this.#slot(row)] = column[this.#slot(row - 1)] ?? Number.NaN;
    }
    const slot = this.#slot(at);
    for (const column of columns) column[slot] = Number.NaN;
    return slot;
  }

  *#allColumns(): Generator<Column> {
    yield* this.#plain.values();
    for (const instances of this.#dimensions.values()) for (const columns of instances.values()) yield* columns.values();
  }

  #find({ metric, dimension, instance }: MetricPath): Column | undefined {
    if (dimension === undefined || instance === undefined) return this.#plain.get(metric);
    return this.#dimensions.get(dimension)?.get(instance)?.get(metric);
  }

  /** Plain metrics first: where the bound of series is reached, a machine of many instances keeps its totals. */
  #write(metrics: Metrics, put: (column: Column, value: number) => void): void {
    const entries = Object.entries(metrics);
    for (const [name, entry] of entries) {
      if (entry === null || typeof entry === 'number') this.#put(this.#plain, { name, value: entry, put });
    }
    for (const [name, entry] of entries) {
      if (entry === null || typeof entry === 'number') continue;
      const instances = entryOf(this.#dimensions, name, () => new Map<string, Map<string, Column>>());
      for (const [instance, values] of Object.entries(entry)) {
        const columns = entryOf(instances, instance, () => new Map<string, Column>());
        for (const [metric, value] of Object.entries(values)) this.#put(columns, { name: metric, value, put });
      }
    }
  }

  #put(
    columns: Map<string, Column>,
    { name, value, put }: { name: string; value: MetricValue; put: (column: Column, value: number) => void },
  ): void {
    let column = columns.get(name);
    if (column === undefined) {
      if (this.#seriesCount >= this.#options.maxSeries) {
        this.#droppedValues++;
        return;
      }
      this.#seriesCount++;
      column = new Float32Array(this.#options.capacity).fill(Number.NaN);
      columns.set(name, column);
    }
    put(column, value === null || Math.abs(value) > MOST ? Number.NaN : value);
  }
}

function entryOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const made = make();
  map.set(key, made);
  return made;
}

/** A path as one text, to tell series apart. */
export const seriesKey = (path: MetricPath): string => formatMetricPath(path);
