import { fieldOf, listOf, parseJson } from './json.ts';
import { rateOf } from './number-codings.ts';
import { DOUBLE_WIDTH, readDoublePlanes, readPlanes } from './planes.ts';
import { addTerm, MAX_TERMS, type Term } from './predictions.ts';
import { Presence } from './presence.ts';
import { SegmentError } from './segment-error.ts';
import { CODING, MAX_POSITIONS } from './segment-layout.ts';

const NEWLINE = 10;
/** Before all others: numbers that they tell by their places. As long as need be. */
const LIST = 0;

/** How numbers are made of codes. */
interface Unit {
  base: number;
  step: number;
  factor: number;
}

/** Reads what TableWriter wrote; throws SegmentError for anything else. Columns are decoded when they are asked for. */
export class TableReader {
  readonly rowCount: number;
  /** The first line: everything but paths and codes. */
  readonly head: unknown;
  readonly pathText: string;
  readonly #payload: Buffer;
  /** A letter for each column. */
  readonly #codings: string;
  readonly #units: Record<keyof Unit, readonly unknown[]>;
  readonly #widths: readonly unknown[];
  readonly #terms: readonly unknown[];
  /** Where the codes of each column begin. */
  readonly #begins: Float64Array;
  readonly #counts: Float64Array;
  readonly #presenceIndexes: readonly unknown[];
  readonly #presences: readonly Presence[];
  #list: Float64Array | null = null;
  /** Numbers of columns that others were predicted from: most are asked for again at once. */
  readonly #others = new Map<number, WeakRef<Float64Array>>();

  constructor(payload: Buffer, format: string) {
    const headEnd = payload.indexOf(NEWLINE);
    const pathEnd = payload.indexOf(NEWLINE, headEnd + 1);
    if (headEnd < 0 || pathEnd <= headEnd || !payload.toString('latin1', 0, 64).startsWith(`{"format":${JSON.stringify(format)}`)) {
      throw new SegmentError('it is of no known kind and version');
    }
    this.#payload = payload;
    this.head = parseJson(payload.toString('utf8', 0, headEnd));
    this.pathText = payload.toString('utf8', headEnd + 1, pathEnd);
    this.rowCount = toRowCount(fieldOf(this.head, 'count'));
    this.#presences = listOf(fieldOf(this.head, 'runs')).map((runs) => Presence.of(runs, MAX_POSITIONS));
    const columns = fieldOf(this.head, 'columns');
    const field = (name: string) => listOf(fieldOf(columns, name));
    this.#codings = textOf(fieldOf(columns, 'coding'));
    this.#units = { base: field('base'), step: field('step'), factor: field('factor') };
    this.#widths = field('width');
    const terms = fieldOf(columns, 'terms');
    // Segments have no such list that were written before there were predictions.
    this.#terms = terms === undefined ? this.#widths.map(() => 0) : listOf(terms);
    this.#presenceIndexes = field('runs');
    this.#begins = new Float64Array(this.#presenceIndexes.length);
    this.#counts = new Float64Array(this.#begins.length);
    this.#findColumns(pathEnd + 1);
  }

  get columnCount(): number {
    return this.#begins.length - 1;
  }

  /** In which rows a column has numbers. Columns count from the one after the list. */
  presenceOf(columnIndex: number): Presence {
    return this.presenceAt(this.#presenceIndexes[columnIndex + 1]);
  }

  /** How many numbers a column has. */
  countOf(columnIndex: number): number {
    return this.#counts[columnIndex + 1] ?? 0;
  }

  /** The number that is in every row of a column; null where there is no such one. */
  constantOf(columnIndex: number): number | null {
    const index = columnIndex + 1;
    if (this.#codings[index] !== CODING.whole || this.#terms[index] !== 0) return null;
    if (this.#widthOf(index) !== 0 || this.#counts[index] !== this.rowCount) return null;
    return numberOf(this.#units.base[index]) / numberOf(this.#units.factor[index]);
  }

  /** One that the head lists. */
  presenceAt(index: unknown): Presence {
    const presence = typeof index === 'number' ? this.#presences[index] : undefined;
    if (presence?.length !== this.rowCount) throw new SegmentError('a column of it is in no rows');
    return presence;
  }

  /** Fills `numbers`, which are as many as the column has. `elapsedMs` is what passed at each of them, for rates. */
  read(columnIndex: number, numbers: Float64Array, elapsedMs: (() => Float64Array) | null = null): void {
    this.#read(columnIndex + 1, numbers, elapsedMs);
  }

  #read(columnIndex: number, numbers: Float64Array, elapsedMs: (() => Float64Array) | null): void {
    const coding = this.#codings[columnIndex];
    const width = this.#widthOf(columnIndex);
    const base = numberOf(this.#units.base[columnIndex]);
    const step = numberOf(this.#units.step[columnIndex]);
    const factor = numberOf(this.#units.factor[columnIndex]);
    const at = this.#begins[columnIndex] ?? 0;
    const predicted = this.#predictionOf(columnIndex, elapsedMs);
    if (width === 0 && coding === CODING.whole && predicted === null) {
      numbers.fill(base / factor);
      return;
    }
    if (width === DOUBLE_WIDTH) readDoublePlanes(this.#payload, at, numbers);
    else readPlanes(this.#payload, at, { codes: numbers, width });
    if (coding === CODING.list) this.#lookUp(numbers, { base, factor });
    else if (coding === CODING.delta) addUp(numbers, { base, step, factor: predicted === null ? factor : 1 });
    else scale(numbers, { base, step, factor: predicted === null ? factor : 1 });
    if (predicted !== null) {
      if (coding !== CODING.whole && coding !== CODING.delta) throw new SegmentError('it has predictions where there can be none');
      for (let index = 0; index < numbers.length; index += 1) {
        numbers[index] = ((numbers[index] ?? 0) + Math.floor((predicted[index] ?? 0) + 0.5)) / factor;
      }
    }
    if (coding === CODING.whole || coding === CODING.delta || coding === CODING.list) return;
    if (coding !== CODING.rate) throw new SegmentError(`it has numbers written in the way ${String(coding)}`);
    if (elapsedMs === null) throw new SegmentError('it has rates over no time');
    const elapsed = elapsedMs();
    for (let index = 0; index < numbers.length; index += 1) {
      numbers[index] = rateOf(numbers[index] ?? 0, elapsed[index] ?? Number.NaN, factor);
    }
  }

  /** What other columns tell of the numbers of this one; null where it does not depend on any. */
  #predictionOf(columnIndex: number, elapsedMs: (() => Float64Array) | null): Float64Array | null {
    const terms = termsOf(this.#terms[columnIndex]);
    if (terms.length === 0) return null;
    const predicted = new Float64Array(this.#counts[columnIndex] ?? 0);
    for (const { column, coefficient } of terms) {
      // So none of them depends on this one again.
      if (this.#presenceIndexes[column] !== this.#presenceIndexes[columnIndex] || this.#terms[column] !== 0) {
        throw new SegmentError('a column of it was predicted from what cannot tell it');
      }
      addTerm(predicted, { coefficient, numbers: this.#otherNumbers(column, elapsedMs), factor: numberOf(this.#units.factor[column]) });
    }
    return predicted;
  }

  #otherNumbers(column: number, elapsedMs: (() => Float64Array) | null): Float64Array {
    const known = this.#others.get(column)?.deref();
    if (known !== undefined) return known;
    const numbers = new Float64Array(this.#counts[column] ?? 0);
    this.#read(column, numbers, elapsedMs);
    this.#others.set(column, new WeakRef(numbers));
    return numbers;
  }

  /** Also makes sure that the payload ends where the last column does. */
  #findColumns(first: number): void {
    const counts = this.#presences.map((presence) => presence.numberCount);
    let at = first;
    for (let index = 0; index < this.#begins.length; index += 1) {
      this.#begins[index] = at;
      const presenceIndex = this.#presenceIndexes[index];
      const count = typeof presenceIndex === 'number' ? counts[presenceIndex] : undefined;
      if (count === undefined) throw new SegmentError('a column of it is in no rows');
      this.#counts[index] = count;
      at += count * this.#widthOf(index);
    }
    if (at !== this.#payload.length) throw new SegmentError('its columns are not where it says');
  }

  #widthOf(columnIndex: number): number {
    const width = this.#widths[columnIndex];
    if (typeof width === 'number' && Number.isInteger(width) && width >= 0 && width <= DOUBLE_WIDTH) return width;
    throw new SegmentError('the width of a column is damaged');
  }

  #lookUp(places: Float64Array, { base, factor }: { base: number; factor: number }): void {
    const list = (this.#list ??= this.#readList());
    for (let index = 0; index < places.length; index += 1) {
      const number = list[base + (places[index] ?? 0)];
      if (number === undefined) throw new SegmentError('a number of it is not in its list');
      places[index] = number / factor;
    }
  }

  #readList(): Float64Array {
    // One that is told by itself has no end.
    if (this.#codings[LIST] === CODING.list) throw new SegmentError('its list is damaged');
    const list = new Float64Array(this.#counts[LIST] ?? 0);
    this.#read(LIST, list, null);
    return list;
  }
}

function scale(codes: Float64Array, { base, step, factor }: Unit): void {
  for (let index = 0; index < codes.length; index += 1) codes[index] = (base + step * (codes[index] ?? 0)) / factor;
}

function addUp(codes: Float64Array, { base, step, factor }: Unit): void {
  let sum = 0;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    sum += (code & 1) === 0 ? code / 2 : -(code + 1) / 2;
    codes[index] = (base + step * sum) / factor;
  }
}

/** 0 stands for none. */
function termsOf(json: unknown): Term[] {
  if (json === 0) return [];
  const terms = listOf(json).map((term) => {
    const [column, coefficient] = listOf(term);
    return { column: numberOf(column), coefficient: numberOf(coefficient) };
  });
  if (terms.length <= MAX_TERMS) return terms;
  throw new SegmentError('a column of it was predicted from too many others');
}

function textOf(json: unknown): string {
  if (typeof json === 'string') return json;
  throw new SegmentError('a text of it is damaged');
}

function toRowCount(json: unknown): number {
  const count = numberOf(json);
  if (Number.isInteger(count) && count >= 0 && count <= MAX_POSITIONS) return count;
  throw new SegmentError(`it says to hold ${count} rows`);
}

/** JSON has numbers out of the range of a double, which become infinite. */
export function numberOf(json: unknown): number {
  if (typeof json === 'number' && Number.isFinite(json)) return json;
  throw new SegmentError('a number of it is damaged');
}
