import { distinctNumbers } from './distinct-numbers.ts';
import { costOf, widthOf, type Codes } from './planes.ts';
import { findTerms, restOf, type KnownColumn, type Term } from './predictions.ts';
import { CODING, type Coding } from './segment-layout.ts';
import { divisorOf, factorOf, LARGEST, toWhole } from './whole-numbers.ts';

/** Numbers as codes: `(base + step * code) / factor`, or what `coding` makes of that; beside what `terms` predict, where there are any. */
export interface CodedNumbers {
  coding: Coding;
  base: number;
  step: number;
  factor: number;
  /** Of each number; null where all of them are 0, or are doubles as they are. */
  codes: Codes | null;
  doubles: Float64Array | null;
  /** Whole numbers that codes are places of, in the segment's list from `base` on. Null for any other coding. */
  list: Float64Array | null;
  terms: readonly Term[];
}

/** With about how many bytes it takes once compressed. */
interface Candidate extends CodedNumbers {
  cost: number;
}

/** Of the numbers that are counted over time, in parts of a unit: events come one by one, percents of a second by the millisecond. */
const COUNT_UNITS = [1, 0.1] as const;

/** Heads are shorter where most columns have the same coding. */
const DELTA_COST = 2;
const TERM_COST = 6;

const zigzag = (value: number) => (value >= 0 ? 2 * value : -2 * value - 1);

export interface CodingLimits {
  /** Milliseconds that passed at the place of each number, NaN where unknown; asked for only where needed. Null where there can be no rates. */
  elapsedMs: (() => Float64Array) | null;
  /** So many numbers may become a list. */
  listRoom: number;
  /** Columns in the same rows that these may be predicted from. Asked for only where needed. */
  known?: () => readonly KnownColumn[];
}

/** Numbers in whatever coding takes the fewest bytes once compressed. They must be finite; -0 becomes 0. */
export function encodeNumbers(values: Float64Array, { elapsedMs, listRoom, known = () => [] }: CodingLimits): CodedNumbers {
  const [first = 0] = values;
  const plain = { coding: CODING.whole, base: 0, step: 1, factor: 1, codes: null, doubles: null, list: null, terms: [] };
  if (values.every((value) => value === first)) return { ...plain, base: first };
  const factor = factorOf(values);
  if (factor === null) return { ...plain, doubles: values };
  const whole = toWhole(values, factor);
  const smallest = whole.reduce((least, value) => (value < least ? value : least));
  const step = divisorOf(whole, smallest);
  const offsets = offsetsOf(whole, { base: smallest, step });
  const candidates = [wholes(offsets, { base: smallest, step, factor }), deltas(offsets, { base: whole[0] ?? 0, step, factor })];
  const asRates = elapsedMs === null ? null : rates(whole, factor, elapsedMs());
  // What is counted over time has more different quotients than a list pays for.
  const asList = asRates === null ? picks(offsets, { base: smallest, step, factor }) : null;
  if (asRates !== null) candidates.push(asRates);
  if (asList !== null && asList.list.length <= listRoom) candidates.push(asList);
  candidates.push(...predictions(whole, factor, known()));
  return candidates.reduce((best, candidate) => (candidate.cost < best.cost ? candidate : best));
}

interface Unit {
  base: number;
  step: number;
}

function offsetsOf(whole: Float64Array, { base, step }: Unit): Codes {
  const codes = new Float64Array(whole.length);
  for (let index = 0; index < codes.length; index += 1) codes[index] = ((whole[index] ?? 0) - base) / step;
  return codes;
}

function wholes(offsets: Codes, unit: Unit & { factor: number }): Candidate {
  return { coding: CODING.whole, ...unit, codes: offsets, doubles: null, list: null, terms: [], cost: costOf(offsets) };
}

function deltas(offsets: Codes, unit: Unit & { factor: number }): Candidate {
  const codes = new Float64Array(offsets.length);
  let [previous = 0] = offsets;
  for (let index = 0; index < codes.length; index += 1) {
    const offset = offsets[index] ?? 0;
    codes[index] = zigzag(offset - previous);
    previous = offset;
  }
  return { coding: CODING.delta, ...unit, codes, doubles: null, list: null, terms: [], cost: costOf(codes) + DELTA_COST };
}

/**
 * Rates of a counter, as the counts that they were made from: a rate has as many digits as the time it was divided by, a count has few.
 * Null where one number is no such rate.
 */
function rates(whole: Float64Array, factor: number, elapsedMs: Float64Array): Candidate | null {
  for (const unit of COUNT_UNITS) {
    const counts = Number.isInteger(unit * factor) ? countsOf(whole, { factor, elapsedMs, unit: unit * factor }) : null;
    if (counts === null) continue;
    const base = counts.reduce((least, count) => (count < least ? count : least));
    const step = divisorOf(counts, base);
    const codes = offsetsOf(counts, { base, step });
    return { coding: CODING.rate, base, step, factor, codes, doubles: null, list: null, terms: [], cost: costOf(codes) };
  }
  return null;
}

/** Counts in parts of `factor`, as the numbers are, each a multiple of `unit`. */
function countsOf(
  whole: Float64Array,
  { factor, elapsedMs, unit }: { factor: number; elapsedMs: Float64Array; unit: number },
): Float64Array | null {
  const counts = new Float64Array(whole.length);
  for (let index = 0; index < whole.length; index += 1) {
    const value = whole[index] ?? 0;
    const elapsed = elapsedMs[index] ?? Number.NaN;
    const count = Math.round((value * elapsed) / (1000 * unit)) * unit + 0;
    if (!(Math.abs(count) <= LARGEST) || rateOf(count / factor, elapsed, factor) !== value / factor) return null;
    counts[index] = count;
  }
  return counts;
}

/** What `count` comes to in a second: in the steps in which collectors compute it, and those who read it have to. */
export function rateOf(count: number, elapsedMs: number, factor: number): number {
  return Math.floor(((count * 1000) / elapsedMs) * factor + 0.5) / factor;
}

/** Numbers beside what other columns tell of them. */
function predictions(whole: Float64Array, factor: number, known: readonly KnownColumn[]): Candidate[] {
  const terms = known.length === 0 ? [] : findTerms(whole, factor, known);
  const rest = terms.length === 0 ? null : restOf(whole, terms, known);
  if (rest === null) return [];
  const base = rest.reduce((least, value) => (value < least ? value : least));
  const extra = { terms, cost: TERM_COST * terms.length };
  if (rest.every((value) => value === base)) {
    return [{ coding: CODING.whole, base, step: 1, factor, codes: null, doubles: null, list: null, ...extra }];
  }
  const step = divisorOf(rest, base);
  const offsets = offsetsOf(rest, { base, step });
  const candidates = [wholes(offsets, { base, step, factor }), deltas(offsets, { base: rest[0] ?? 0, step, factor })];
  return candidates.map((candidate) => ({ ...candidate, terms, cost: candidate.cost + extra.cost }));
}

/** The different numbers in ascending order, and for each number which one it is. Null where that cannot pay. */
function picks(offsets: Codes, { base, step, factor }: Unit & { factor: number }): (Candidate & { list: Float64Array }) | null {
  const distinct = widthOf(offsets) < 2 ? null : distinctNumbers(offsets);
  if (distinct === null) return null;
  const cost = costOf(distinct.places) + deltas(distinct.numbers, { base, step, factor }).cost;
  const list = distinct.numbers.map((offset) => base + step * offset);
  return { coding: CODING.list, base: 0, step: 1, factor, codes: distinct.places, doubles: null, list, terms: [], cost };
}
