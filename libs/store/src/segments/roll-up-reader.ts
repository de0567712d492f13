import { fieldOf } from './json.ts';
import { PathLists } from './path-list.ts';
import { NUMBER } from './presence.ts';
import type { RollUpParts, RollUpStats } from './roll-up.ts';
import { SegmentError } from './segment-error.ts';
import { BUCKET_COLUMNS, ROLL_UP_FORMAT } from './segment-layout.ts';
import { numberOf, TableReader } from './table-reader.ts';

/** Lists of columns, each as long as the list of paths. */
const LISTS = 4;

const pathLists = new PathLists();

/** What the bytes of a roll-up hold; arrays of a path are decoded when they are first read. */
export function readRollUp(payload: Buffer): RollUpParts {
  const table = new TableReader(payload, ROLL_UP_FORMAT);
  const [stepMs, sumUnit] = [numberOf(fieldOf(table.head, 'step_ms')), numberOf(fieldOf(table.head, 'sum_unit'))];
  if (!(stepMs >= 1 && sumUnit >= 1)) throw new SegmentError('its buckets have no length');
  const paths = pathLists.parse(table.pathText);
  const namedCount = BUCKET_COLUMNS.length + LISTS * paths.length;
  if (table.columnCount !== namedCount) throw new SegmentError(`it has ${table.columnCount} columns and names ${namedCount}`);
  const columns = new BucketColumns(table);
  const starts = columns.values(BUCKET_COLUMNS.indexOf('start'), Number.NaN);
  if (!starts.every((startMs, index) => Number.isInteger(startMs) && (index === 0 || startMs > (starts[index - 1] ?? 0)))) {
    throw new SegmentError('its buckets do not rise');
  }
  const stats = (pathIndex: number) => new PathStats(columns, { pathIndex, pathCount: paths.length });
  return { stepMs, starts, paths, sumUnit, stats };
}

const POOLED = 4096;

/** Columns with an entry for every bucket. */
class BucketColumns {
  readonly #table: TableReader;
  /** Many small arrays out of one: each on its own takes longer to make than to fill. */
  #pool = new Float64Array(0);
  #pooled = 0;

  /** Of counts, and of what is always 0: one array serves all columns that are the same number throughout. */
  readonly #constants = new Map<number, Float64Array>();

  constructor(table: TableReader) {
    this.#table = table;
  }

  /** `none` where there is no number. */
  values(columnIndex: number, none: number): Float64Array {
    const constant = this.#table.constantOf(columnIndex);
    if (constant !== null) return this.#constant(constant);
    const presence = this.#table.presenceOf(columnIndex);
    const numbers = this.#take(this.#table.countOf(columnIndex));
    this.#table.read(columnIndex, numbers);
    if (presence.isAlways) return numbers;
    const values = this.#take(presence.length).fill(none);
    let at = 0;
    presence.forEachRun((state, from, to) => {
      if (state !== NUMBER) return;
      values.set(numbers.subarray(at, at + to - from), from);
      at += to - from;
    });
    return values;
  }

  #constant(number: number): Float64Array {
    const known = this.#constants.get(number);
    if (known !== undefined) return known;
    const values = this.#take(this.#table.rowCount).fill(number);
    this.#constants.set(number, values);
    return values;
  }

  #take(length: number): Float64Array {
    if (length > this.#pool.length - this.#pooled) {
      this.#pool = new Float64Array(Math.max(length, POOLED));
      this.#pooled = 0;
    }
    const at = this.#pooled;
    this.#pooled += length;
    return this.#pool.subarray(at, at + length);
  }
}

class PathStats implements RollUpStats {
  readonly #columns: BucketColumns;
  /** Of its counts; those of the other lists follow, each `#pathCount` later. */
  readonly #first: number;
  readonly #pathCount: number;
  #counts: Float64Array | null = null;
  #sums: Float64Array | null = null;
  #mins: Float64Array | null = null;
  #maxs: Float64Array | null = null;

  constructor(columns: BucketColumns, { pathIndex, pathCount }: { pathIndex: number; pathCount: number }) {
    this.#columns = columns;
    this.#first = BUCKET_COLUMNS.length + pathIndex;
    this.#pathCount = pathCount;
  }

  get counts(): Float64Array {
    return (this.#counts ??= this.#columns.values(this.#first, 0));
  }

  get sums(): Float64Array {
    return (this.#sums ??= this.#columns.values(this.#first + this.#pathCount, 0));
  }

  get mins(): Float64Array {
    return (this.#mins ??= this.#columns.values(this.#first + 2 * this.#pathCount, Number.NaN));
  }

  get maxs(): Float64Array {
    return (this.#maxs ??= this.#columns.values(this.#first + 3 * this.#pathCount, Number.NaN));
  }
}
