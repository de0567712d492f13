import { LARGEST } from './whole-numbers.ts';

/** A part of a prediction: the whole numbers of another column, so many times. */
export interface Term {
  /** The place of that column in the head. */
  column: number;
  coefficient: number;
}

/** A column that others may be predicted from: one that is not predicted itself, of numbers that differ. */
export interface KnownColumn {
  column: number;
  numbers: Float64Array;
  factor: number;
  /** Its whole numbers in the rows that `sampledRows` gives. */
  sampled: Float64Array;
}

/** Columns that make one prediction at most: so many have to be read beside the one that was asked for. */
export const MAX_TERMS = 8;
/** Whole numbers of columns in a prediction: products and sums of them are far from where doubles end. */
const LARGEST_KNOWN = 2 ** 48;
/** So many pairs of rows that follow each other tell whether a prediction is any good. */
const SAMPLED_PAIRS = 48;
/** What a term has to save, in bits of a number and of all together. */
const LEAST_SAVED = 0.25;
const TERM_BITS = 120;
/** Two more factors, of 2 ** 53 each, leave it a double. */
const LARGE_PRODUCT = 2 ** 900;
/** A slope is written in the head. */
const SLOPE_DIGITS = 6;

/** A column as one to predict others from; null where that would not be exact. */
export function knownColumn(column: number, { numbers, factor }: { numbers: Float64Array; factor: number }): KnownColumn | null {
  for (const number of numbers) if (!(Math.abs(number) * factor <= LARGEST_KNOWN)) return null;
  const sampled = sampledRows(numbers.length).map((row) => wholeOf(numbers[row] ?? 0, factor));
  return { column, numbers, factor, sampled };
}

/** The whole number that a number was made from by dividing it by `factor`. */
export const wholeOf = (number: number, factor: number) => Math.floor(number * factor + 0.5);

/** Adds up terms: `predicted` begins with zeros, and each column adds its own in turn. Doubles round, so their order counts. */
export function addTerm(
  predicted: Float64Array,
  { coefficient, numbers, factor }: { coefficient: number } & Omit<KnownColumn, 'column' | 'sampled'>,
): void {
  for (let index = 0; index < predicted.length; index += 1) {
    predicted[index] = (predicted[index] ?? 0) + coefficient * wholeOf(numbers[index] ?? 0, factor);
  }
}

/** What is left of whole numbers beside what the terms say; null where it would not be exact. */
export function restOf(whole: Float64Array, terms: readonly Term[], known: readonly KnownColumn[]): Float64Array | null {
  const rest = new Float64Array(whole.length);
  for (const { column, coefficient } of terms) {
    const other = known.find((candidate) => candidate.column === column);
    if (other !== undefined) addTerm(rest, { ...other, coefficient });
  }
  for (let index = 0; index < rest.length; index += 1) {
    rest[index] = (whole[index] ?? 0) - Math.floor((rest[index] ?? 0) + 0.5);
    if (!(Math.abs(rest[index] ?? 0) <= LARGEST)) return null;
  }
  return rest;
}

interface Step {
  term: Term;
  rest: Float64Array;
  bits: number;
}

/**
 * The terms by which numbers can be told best, one after another as long as each pays: copies, sums, what is left of a whole, the same
 * in another unit. Looks at some rows only. Empty where nothing helps.
 */
export function findTerms(whole: Float64Array, factor: number, known: readonly KnownColumn[]): Term[] {
  const terms: Term[] = [];
  let rest: Float64Array = sampledRows(whole.length).map((row) => whole[row] ?? 0);
  let bits = bitsOf(rest);
  while (terms.length < MAX_TERMS) {
    const others = known.filter(({ column }) => !terms.some((term) => term.column === column));
    const best = bestStep({ rest, bits, factor }, others, terms.length === 0);
    const saved = best === null ? 0 : (bits - best.bits) / Math.max(1, rest.length);
    if (best === null || saved < LEAST_SAVED || saved * whole.length < TERM_BITS) break;
    terms.push(best.term);
    ({ rest, bits } = best);
  }
  return terms;
}

function bestStep(
  { rest, bits, factor }: { rest: Float64Array; bits: number; factor: number },
  others: readonly KnownColumn[],
  mayScale: boolean,
): Step | null {
  let best: Step | null = null;
  let left = new Float64Array(rest.length);
  for (const { column, factor: otherFactor, sampled } of others) {
    const unit = factor / otherFactor;
    const slope = mayScale ? slopeOf(sampled, rest) : 0;
    for (const coefficient of [unit, -unit, slope]) {
      if (coefficient === 0) continue;
      for (let index = 0; index < left.length; index += 1) {
        left[index] = (rest[index] ?? 0) - Math.floor(coefficient * (sampled[index] ?? 0) + 0.5);
      }
      const leftBits = bitsOf(left);
      if (leftBits >= (best?.bits ?? bits)) continue;
      best = { term: { column, coefficient }, rest: left, bits: leftBits };
      left = new Float64Array(rest.length);
    }
  }
  return best;
}

/** Pairs of neighbours, evenly over all rows. */
function sampledRows(count: number): Float64Array {
  const pairs = Math.min(SAMPLED_PAIRS, Math.floor(count / 2));
  return Float64Array.from({ length: 2 * pairs }, (_, index) => Math.floor(((index >> 1) * count) / pairs) + (index & 1));
}

/** About how many bits pairs of numbers take, as they are or as what they change by. */
function bitsOf(pairs: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < pairs.length; index += 1) sum += pairs[index] ?? 0;
  const mean = sum / pairs.length;
  // Logarithms take long: those of products are fewer.
  let [levels, changes] = [1, 1];
  let [level, change] = [0, 0];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const one = pairs[index] ?? 0;
    const other = pairs[index + 1] ?? 0;
    levels *= (1 + Math.abs(one - mean)) * (1 + Math.abs(other - mean));
    changes *= 1 + Math.abs(other - one);
    if (levels < LARGE_PRODUCT && changes < LARGE_PRODUCT) continue;
    level += Math.log2(levels);
    change += Math.log2(changes);
    levels = 1;
    changes = 1;
  }
  return Math.min(level + Math.log2(levels), 2 * (change + Math.log2(changes)));
}

/** By how much numbers change where others change by 1, by least squares; 0 where that says nothing. */
function slopeOf(others: Float64Array, pairs: Float64Array): number {
  let products = 0;
  let squares = 0;
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const step = (others[index + 1] ?? 0) - (others[index] ?? 0);
    products += step * ((pairs[index + 1] ?? 0) - (pairs[index] ?? 0));
    squares += step * step;
  }
  const slope = products / squares;
  return Number.isFinite(slope) ? Number(slope.toPrecision(SLOPE_DIGITS)) : 0;
}
