import type { MetricPath, Metrics } from '@perfwatch/contract';
import type { MetricsFlattener } from './metrics-flattener.ts';
import { SegmentError } from './segment-error.ts';

/** Ten to the power of decimals; a double holds all of them, and whole numbers of up to fifteen digits, exactly. */
const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power);
const MOST_DIGITS = 15;
const [ZERO, NINE, MINUS, POINT, SMALL_E, LARGE_E, SMALL_N] = Array.from('09-.eEn', (character) => character.charCodeAt(0)) as [
  ...[number, number, number, number, number, number, number],
];
const [QUOTE, BACKSLASH, OPEN, CLOSE, COLON, COMMA] = Array.from('"\\{}:,', (character) => character.charCodeAt(0)) as [
  ...[number, number, number, number, number, number],
];
const NULL = 'null';

/** How a Sample's metrics are written: what stands before each value, and after the last; and whose value each is. */
interface Template {
  pieces: readonly string[];
  indexes: Int32Array;
}

/**
 * Reads metrics from JSON without making objects of them: Samples of a series nearly always differ in nothing but their numbers, so all else is
 * compared with the Sample before. What differs is parsed as JSON is.
 */
export class MetricsScanner {
  readonly #flattener: MetricsFlattener;
  #template: Template | null = null;
  /** Of the latest Sample: each leaf's path, as the flattener numbers them. */
  indexes: Int32Array = new Int32Array(0);
  /** Of the latest Sample: each leaf's number; NaN for null. */
  values: Float64Array = new Float64Array(0);
  /** How many leaves the latest Sample has. */
  count = 0;

  constructor(flattener: MetricsFlattener) {
    this.#flattener = flattener;
  }

  /** Reads the object that begins at `from` and gives where it ends. `text` is JSON, as PostgreSQL has checked. */
  scan(text: string, from: number): number {
    const template = this.#template;
    const end = template === null ? -1 : this.#scanLike(template, text, from);
    return end < 0 ? this.#parse(text, from) : end;
  }

  /** -1 where the text is anything else. */
  #scanLike({ pieces, indexes }: Template, text: string, from: number): number {
    const { values } = this;
    let at = from;
    for (let leaf = 0; leaf < indexes.length; leaf += 1) {
      const piece = pieces[leaf] ?? '';
      if (!text.startsWith(piece, at)) return -1;
      at += piece.length;
      const start = at;
      let code = text.charCodeAt(at);
      if (code === SMALL_N) {
        if (!text.startsWith(NULL, at)) return -1;
        values[leaf] = Number.NaN;
        at += NULL.length;
        continue;
      }
      if (code === MINUS) code = text.charCodeAt((at += 1));
      let digits = 0;
      const first = at;
      for (; code >= ZERO && code <= NINE; code = text.charCodeAt((at += 1))) digits = 10 * digits + code - ZERO;
      let length = at - first;
      let decimals = 0;
      if (code === POINT) {
        const point = at;
        code = text.charCodeAt((at += 1));
        for (; code >= ZERO && code <= NINE; code = text.charCodeAt((at += 1))) digits = 10 * digits + code - ZERO;
        decimals = at - point - 1;
        length += decimals;
      }
      if (length === 0) return -1;
      if (code === SMALL_E || code === LARGE_E || length > MOST_DIGITS) {
        at = endOfNumber(text, at);
        values[leaf] = Number(text.slice(start, at));
      } else values[leaf] = (start === first ? digits : -digits) / (POWERS[decimals] ?? 1);
    }
    const last = pieces[indexes.length] ?? '';
    if (!text.startsWith(last, at)) return -1;
    this.indexes = indexes;
    this.count = indexes.length;
    return at + last.length;
  }

  #parse(text: string, from: number): number {
    const outline = outlineOf(text, from);
    const metrics = JSON.parse(text.slice(from, outline.end)) as Metrics;
    this.count = this.#flattener.flatten(metrics);
    this.indexes = this.#flattener.indexes;
    this.values = this.#flattener.values;
    this.#template = this.#templateOf(text, from, outline);
    if (this.#template !== null) this.values = Float64Array.from(this.values);
    return outline.end;
  }

  /** Null where the leaves of the text are not those of the metrics: a name that stands twice, something that holds nothing. */
  #templateOf(text: string, from: number, { leaves, end }: Outline): Template | null {
    const { paths } = this.#flattener;
    const known = new Map(Array.from(this.indexes.subarray(0, this.count), (index) => [keyOf(paths[index]), index]));
    const indexes = Int32Array.from(leaves, ({ path }) => known.get(keyOf(path)) ?? -1);
    if (leaves.length !== this.count || new Set(indexes).size !== leaves.length || indexes.includes(-1)) return null;
    const pieces = leaves.map(({ start }, index) => text.slice(index === 0 ? from : (leaves[index - 1]?.end ?? 0), start));
    return { pieces: [...pieces, text.slice(leaves.at(-1)?.end ?? from, end)], indexes };
  }
}

const keyOf = (path: MetricPath | undefined) => JSON.stringify([path?.metric, path?.dimension, path?.instance]);

interface Outline {
  leaves: { path: MetricPath; start: number; end: number }[];
  end: number;
}

/** Where the values of metrics stand in JSON, and under which names. */
function outlineOf(text: string, from: number): Outline {
  const leaves: Outline['leaves'] = [];
  const names: string[] = [];
  let name = '';
  let isKey = true;
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (isKey) name = JSON.parse(text.slice(at, end)) as string;
      at = end;
      continue;
    }
    if (code === OPEN) {
      // The outermost object has no name.
      names.push(name);
      isKey = true;
    } else if (code === CLOSE) {
      names.pop();
      if (names.length === 0) return { leaves, end: at + 1 };
    } else if (code === COLON) isKey = false;
    else if (code === COMMA) isKey = true;
    else if (code === MINUS || code === SMALL_N || (code >= ZERO && code <= NINE)) {
      const end = code === SMALL_N ? at + NULL.length : endOfNumber(text, at);
      const [, dimension, instance] = names;
      leaves.push({
        path: dimension === undefined ? { metric: name } : { metric: name, dimension, instance: instance ?? '' },
        start: at,
        end,
      });
      at = end;
      continue;
    }
    at += 1;
  }
  throw new SegmentError('the metrics of a stored Sample have no end');
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  for (; text.charCodeAt(at) !== QUOTE; at += 1) if (text.charCodeAt(at) === BACKSLASH) at += 1;
  return at + 1;
}

function endOfNumber(text: string, from: number): number {
  const NUMBER_CHARACTERS = /[-+.0-9eE]*/y;
  NUMBER_CHARACTERS.lastIndex = from;
  NUMBER_CHARACTERS.exec(text);
  return NUMBER_CHARACTERS.lastIndex;
}
