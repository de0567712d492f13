import type { MetricPath } from '@perfwatch/contract';
import { ColumnBuilder } from './column-builder.ts';
import { toFrame } from './frame.ts';
import { isHollow, MetricsFlattener } from './metrics-flattener.ts';
import { MetricsScanner } from './metrics-scanner.ts';
import { comparePaths } from './path-list.ts';
import { pick, spread, type Presence } from './presence.ts';
import type { RollUpBuilder } from './roll-up-builder.ts';
import { RAW_FORMAT, SAMPLE_COLUMNS } from './segment-layout.ts';
import type { EncodedSegment, StoredSample } from './stored-sample.ts';
import { TableWriter } from './table-writer.ts';
import { TextRuns } from './text-runs.ts';

/** Collects Samples of one collector, in ascending order of time, and makes them one segment. */
export class RawSegmentBuilder {
  readonly #flattener = new MetricsFlattener();
  readonly #scanner = new MetricsScanner(this.#flattener);
  readonly #times = new ColumnBuilder();
  readonly #seqs = new ColumnBuilder();
  readonly #intervals = new ColumnBuilder();
  readonly #elapsed = new ColumnBuilder();
  readonly #runs = new TextRuns();
  readonly #statuses = new TextRuns();
  readonly #reasons = new TextRuns();
  readonly #metrics: ColumnBuilder[] = [];
  #sampleCount = 0;
  #cellCount = 0;

  get sampleCount(): number {
    return this.#sampleCount;
  }

  /** Numbers and nulls in metrics so far: 8 bytes of memory each, 16 at the most. */
  get cellCount(): number {
    return this.#cellCount;
  }

  /** Throws RangeError for a Sample that is not after the one before it. */
  add(sample: StoredSample): void {
    const count = this.#flattener.flatten(sample.metrics);
    this.#addFields(sample);
    this.#addLeaves(count, this.#flattener);
  }

  /** Adds a Sample whose metrics are JSON, in `text` from `from` on; gives where they end. Throws as `add` does. */
  addWritten(sample: Omit<StoredSample, 'metrics'>, text: string, from: number): number {
    const end = this.#scanner.scan(text, from);
    this.#addFields(sample);
    this.#addLeaves(this.#scanner.count, this.#scanner);
    return end;
  }

  /** Rolls up every Sample so far. */
  rollUpInto(rollUps: RollUpBuilder): void {
    const columns = this.#flattener.paths.map((path) => ({ path, column: this.#columnOf(path) }));
    rollUps.addColumns(
      this.#times.numbers,
      columns.map(({ path, column }) => ({ path, presence: column.presence, numbers: column.numbers })),
    );
  }

  #addFields(sample: Omit<StoredSample, 'metrics'>): void {
    const at = this.#sampleCount;
    if (at > 0 && !(sample.tsMs > (this.#times.numbers[at - 1] ?? 0))) throw new RangeError('Samples of a segment come in ascending order');
    this.#times.put(at, sample.tsMs);
    this.#seqs.put(at, sample.seq ?? Number.NaN);
    this.#intervals.put(at, sample.intervalMs ?? Number.NaN);
    this.#elapsed.put(at, sample.elapsedMs ?? Number.NaN);
    this.#runs.push(sample.run);
    this.#statuses.push(sample.status);
    this.#reasons.push(sample.reason);
  }

  #addLeaves(count: number, { indexes, values }: { indexes: Int32Array; values: Float64Array }): void {
    const at = this.#sampleCount;
    for (let leaf = 0; leaf < count; leaf += 1) {
      const index = indexes[leaf] ?? 0;
      const column = this.#metrics[index] ?? (this.#metrics[index] = new ColumnBuilder());
      column.put(at, values[leaf] ?? Number.NaN);
    }
    this.#cellCount += count;
    this.#sampleCount = at + 1;
  }

  /** Throws RangeError where there is no Sample. */
  build(): EncodedSegment {
    const times = this.#times.numbers;
    const [firstMs] = times;
    if (firstMs === undefined) throw new RangeError('a segment has one Sample at least');
    const table = new TableWriter(this.#sampleCount);
    for (const column of [this.#times, this.#seqs, this.#intervals, this.#elapsed]) table.add(this.#finished(column));
    const filled = this.#flattener.paths.filter((path) => !isHollow(path)).sort(comparePaths);
    const elapsed = new ElapsedTimes(this.#elapsed);
    let numberCount = 0;
    for (const path of filled) {
      const { presence, numbers } = this.#columnOf(path);
      table.add({ presence, numbers, path, elapsedMs: () => elapsed.at(presence) });
      numberCount += numbers.length;
    }
    const head = {
      format: RAW_FORMAT,
      names: SAMPLE_COLUMNS,
      run: this.#runs.runs,
      status: this.#statuses.runs,
      reason: this.#reasons.runs,
      empty: this.#flattener.paths
        .filter(isHollow)
        .map((path) => [path.dimension, path.instance, table.presenceIndexOf(this.#columnOf(path).presence)]),
    };
    const data = toFrame(table.toPayload(head, filled));
    return { data, sampleCount: this.#sampleCount, numberCount, firstMs, lastMs: times[times.length - 1] ?? firstMs };
  }

  #columnOf(path: MetricPath): ColumnBuilder {
    return this.#finished(this.#metrics[this.#flattener.indexOf(path)] ?? new ColumnBuilder());
  }

  #finished(column: ColumnBuilder): ColumnBuilder {
    column.finish(this.#sampleCount);
    return column;
  }
}

/** What passed before Samples, where a column has numbers: most columns have them in the same places. */
class ElapsedTimes {
  readonly #spread: Float64Array;
  readonly #picked = new Map<string, Float64Array>();

  constructor({ numbers, presence }: ColumnBuilder) {
    this.#spread = spread(numbers, presence);
  }

  at(presence: Presence): Float64Array {
    const key = presence.key();
    const picked = this.#picked.get(key) ?? pick(this.#spread, presence);
    this.#picked.set(key, picked);
    return picked;
  }
}
