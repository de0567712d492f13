import type { MetricPath } from '@perfwatch/contract';
import { fromFrame } from './frame.ts';
import { fieldOf, listOf } from './json.ts';
import { PathLists } from './path-list.ts';
import { pick, spread, type Presence } from './presence.ts';
import { SampleReader, type ColumnNumbers } from './sample-reader.ts';
import { SegmentError } from './segment-error.ts';
import { MAX_NUMBERS, RAW_FORMAT, SAMPLE_COLUMNS } from './segment-layout.ts';
import type { Column, StoredSample } from './stored-sample.ts';
import { TableReader } from './table-reader.ts';
import { TextRuns } from './text-runs.ts';

const pathLists = new PathLists();

/** Samples of one collector as columns. A column is decoded when it is asked for, and again whenever it is asked for again. */
export class RawSegment {
  /** Milliseconds since the epoch of each Sample, ascending. */
  readonly times: Float64Array;
  /** One object for all segments that have the same list. */
  readonly paths: readonly MetricPath[];
  readonly #table: TableReader;
  readonly #elapsedAt = new Map<Presence, Float64Array>();
  #samples: SampleReader | null = null;

  private constructor(payload: Buffer) {
    this.#table = new TableReader(payload, RAW_FORMAT);
    this.paths = pathLists.parse(this.#table.pathText);
    const namedCount = SAMPLE_COLUMNS.length + this.paths.length;
    if (this.#table.columnCount !== namedCount) throw new SegmentError(`it has ${this.#table.columnCount} columns and names ${namedCount}`);
    this.times = toTimes(this.#numbersOf(SAMPLE_COLUMNS.indexOf('ts')));
  }

  /** Throws SegmentError where the bytes are no segment. */
  static open(data: Uint8Array): RawSegment {
    return new RawSegment(fromFrame(data));
  }

  /** What a path of `paths` has in each Sample; `states` may be shared with other columns. Throws RangeError where there is no such path. */
  column(pathIndex: number): Column {
    if (this.paths[pathIndex] === undefined) throw new RangeError(`the segment has no metric ${pathIndex}`);
    const { presence, numbers } = this.#numbersOf(SAMPLE_COLUMNS.length + pathIndex);
    return presence.isAlways ? { values: numbers, states: null } : { values: spread(numbers, presence), states: presence.states() };
  }

  /** A Sample as it was added, but for the order of its keys. The first call decodes every column. */
  sampleAt(index: number): StoredSample {
    if (this.times[index] === undefined) throw new RangeError(`the segment has no Sample ${index}`);
    this.#samples ??= this.#toSamples();
    return this.#samples.read(index);
  }

  #toSamples(): SampleReader {
    const { head, rowCount } = this.#table;
    const texts = (name: string) => TextRuns.expand(fieldOf(head, name), rowCount);
    return new SampleReader({
      paths: this.paths,
      columns: this.#allNumbers(),
      runs: texts('run'),
      statuses: texts('status'),
      reasons: texts('reason'),
      hollows: listOf(fieldOf(head, 'empty')).map((entry) => this.#hollowOf(entry)),
    });
  }

  #hollowOf(entry: unknown): { path: MetricPath; presence: Presence } {
    const [dimension, instance, presenceIndex] = listOf(entry);
    if (typeof dimension !== 'string' || typeof instance !== 'string') throw new SegmentError('what it says to be empty is damaged');
    return { path: { metric: '', dimension, instance }, presence: this.#table.presenceAt(presenceIndex) };
  }

  #allNumbers(): ColumnNumbers[] {
    let count = 0;
    return Array.from({ length: this.#table.columnCount }, (_, columnIndex) => {
      count += this.#table.countOf(columnIndex);
      if (count > MAX_NUMBERS) throw new SegmentError(`it says to hold more than ${MAX_NUMBERS} numbers`);
      return this.#numbersOf(columnIndex);
    });
  }

  #numbersOf(columnIndex: number): ColumnNumbers {
    const presence = this.#table.presenceOf(columnIndex);
    const numbers = new Float64Array(this.#table.countOf(columnIndex));
    const isMetric = columnIndex >= SAMPLE_COLUMNS.length;
    this.#table.read(columnIndex, numbers, isMetric ? () => this.#elapsedOf(presence) : null);
    return { presence, numbers };
  }

  #elapsedOf(presence: Presence): Float64Array {
    const known = this.#elapsedAt.get(presence);
    if (known !== undefined) return known;
    const { numbers, presence: elapsedPresence } = this.#numbersOf(SAMPLE_COLUMNS.indexOf('elapsed_ms'));
    const elapsed = pick(spread(numbers, elapsedPresence), presence);
    this.#elapsedAt.set(presence, elapsed);
    return elapsed;
  }
}

function toTimes({ presence, numbers }: ColumnNumbers): Float64Array {
  if (numbers.length === 0) throw new SegmentError('it holds no Samples');
  const isAscending = numbers.every((tsMs, index) => Number.isInteger(tsMs) && (index === 0 || tsMs > (numbers[index - 1] ?? 0)));
  if (presence.isAlways && isAscending) return numbers;
  throw new SegmentError('its times do not rise');
}
