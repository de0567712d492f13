import { deviationInterval, studentQuantile } from './statistics-quantile.ts';

/** Fewer numbers say nothing of how fast a metric forgets. */
const FEWEST = 8;
/** A sample of a slow process never says more than that. */
const CLOSEST_TO_ONE = 0.99;
/** What a window is worth at the least, however slow: one more than the degrees of freedom of Student's broadest distribution. */
const FEWEST_EFFECTIVE = 2;

/** Difference of two means in standard deviations (Hedges' g), with its 95 % interval. */
export interface Effect {
  size: number;
  low: number;
  high: number;
}

export interface EffectVerdict {
  /** Null where there is too little to tell, and where two constants differ: then no standard deviation can measure it. */
  effect: Effect | null;
  verdict: 'higher' | 'lower' | 'no_clear_change' | 'unknown';
}

/** Means by step, in the order of time; empty steps left out. */
export interface ComparedMeans {
  first: Float64Array;
  second: Float64Array;
  /** First less second at the same time of day, where the windows have that in common; else null. */
  differences: Float64Array | null;
}

/** Whether `first` is higher than `second`, and by how much; docs/compare.md says how and why. Squares of what it is given must be doubles. */
export function compareMeans({ first, second, differences }: ComparedMeans): EffectVerdict {
  if (Math.min(first.length, second.length) < FEWEST) return { effect: null, verdict: 'unknown' };
  const [one, two] = [estimateMean(first), estimateMean(second)];
  const deviation = pooledDeviation(one, two);
  if (deviation === 0) return compareConstants(one.mean, two.mean);
  const difference = differences === null ? welchDifference(one, two) : estimateMean(differences);
  const degrees = one.deviationDegrees + two.deviationDegrees;
  const hedges = 1 - 3 / (4 * degrees - 1);
  const reach = studentQuantile(difference.degrees) * Math.sqrt(difference.meanVariance);
  const effect = interval({ size: (hedges * difference.mean) / deviation, reach: (hedges * reach) / deviation, degrees });
  return { effect, verdict: effect.low > 0 ? 'higher' : effect.high < 0 ? 'lower' : 'no_clear_change' };
}

function compareConstants(first: number, second: number): EffectVerdict {
  if (first === second) return { effect: { size: 0, low: 0, high: 0 }, verdict: 'no_clear_change' };
  return { effect: null, verdict: first > second ? 'higher' : 'lower' };
}

interface Difference {
  mean: number;
  /** Of the mean, not of one number. */
  meanVariance: number;
  degrees: number;
}

interface MeanEstimate extends Difference {
  count: number;
  /** Of one number. */
  variance: number;
  deviationDegrees: number;
}

/**
 * A mean and how sure it is, although each number resembles the one before: a first-order autoregression says how many independent numbers
 * they are worth (Zwiers and von Storch 1995). Noise on top of slow movement hides it from neighbours, so the same is asked of the means of
 * blocks, and the less sure of both is believed.
 */
function estimateMean(values: Float64Array): MeanEstimate {
  const moments = momentsOf(values);
  const { correlation, count } = moments;
  // What is found is too low by that much on average: Marriott and Pope (1954), Kendall (1954). Blocks are few, and correcting them as well
  // would hide changes that are plain to see.
  const whole = autoregression(moments, correlation + (1 + 3 * correlation) / count);
  const blocks = momentsOf(blockMeans(values, Math.round(Math.cbrt(count))));
  const inBlocks = autoregression(blocks, blocks.correlation);
  const width = ({ meanVariance, degrees }: Difference) => meanVariance * studentQuantile(degrees) ** 2;
  if (width(inBlocks) <= width(whole)) return whole;
  return { ...whole, meanVariance: inBlocks.meanVariance, degrees: inBlocks.degrees };
}

interface Moments {
  count: number;
  mean: number;
  /** Sum of the squared deviations from the mean. */
  squares: number;
  /** Between neighbours; 0 for a constant. */
  correlation: number;
}

function momentsOf(values: Float64Array): Moments {
  const mean = meanOf(values);
  let squares = 0;
  let products = 0;
  let before = 0;
  for (const value of values) {
    const deviation = value - mean;
    squares += deviation * deviation;
    products += deviation * before;
    before = deviation;
  }
  return { count: values.length, mean, squares, correlation: squares === 0 ? 0 : products / squares };
}

function autoregression({ count, mean, squares }: Moments, correlation: number): MeanEstimate {
  const bounded = Math.min(CLOSEST_TO_ONE, Math.max(0, correlation));
  const effective = Math.max(FEWEST_EFFECTIVE, (count * (1 - bounded)) / (1 + bounded));
  // Around their own mean, numbers that resemble each other vary too little: Bayley and Hammersley (1946). Independent: count - 1.
  const variance = squares / (count - count / effective);
  const deviationCount = (count * (1 - bounded ** 2)) / (1 + bounded ** 2);
  return {
    count,
    mean,
    variance,
    meanVariance: variance / effective,
    degrees: effective - 1,
    deviationDegrees: Math.max(FEWEST_EFFECTIVE, deviationCount - 1),
  };
}

/** Exact for a constant, which a sum divided by its count is not. */
function meanOf(values: Float64Array): number {
  const origin = values[0] ?? 0;
  let sum = 0;
  for (const value of values) sum += value - origin;
  return origin + sum / values.length;
}

/** Means of so many numbers each; what is left over at the end is left out. */
function blockMeans(values: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length: Math.floor(values.length / length) }, (_, block) =>
    meanOf(values.subarray(block * length, (block + 1) * length)),
  );
}

function pooledDeviation(one: MeanEstimate, two: MeanEstimate): number {
  const variance = ((one.count - 1) * one.variance + (two.count - 1) * two.variance) / (one.count + two.count - 2);
  return Math.sqrt(variance);
}

/** Welch (1947) and Satterthwaite (1946): the variances need not be the same. */
function welchDifference(one: MeanEstimate, two: MeanEstimate): Difference {
  const meanVariance = one.meanVariance + two.meanVariance;
  const degrees = meanVariance ** 2 / (one.meanVariance ** 2 / one.degrees + two.meanVariance ** 2 / two.degrees);
  return { mean: one.mean - two.mean, meanVariance, degrees };
}

/**
 * The interval of the difference and that of the standard deviation put together, each side by itself (Zou and Donner 2008): unlike a
 * standard error of g, a large effect cannot hide itself.
 */
function interval({ size, reach, degrees }: { size: number; reach: number; degrees: number }): Effect {
  const { low, high } = deviationInterval(degrees);
  const towardsZero = Math.hypot(reach, size * (1 - low));
  const away = Math.hypot(reach, size * (high - 1));
  return size >= 0 ? { size, low: size - towardsZero, high: size + away } : { size, low: size - away, high: size + towardsZero };
}
