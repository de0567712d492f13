const MAX_DECIMALS = 6;
const MAX_BINARY = 2 ** 48;
/** Differences of two whole numbers, and twice that for a sign, stay below 2 ** 53. */
export const LARGEST = 2 ** 51;
/** How far, of its own size, a sum may be from the decimal that its addends must have come to. */
const SUM_TOLERANCE = 1e-12;

/** What every number becomes whole by, and comes back exactly when divided by: a power of 10, or else of 2. Null where there is none. */
export function factorOf(values: Float64Array): number | null {
  return decimalFactorOf(values) ?? binaryFactorOf(values);
}

function decimalFactorOf(values: Float64Array): number | null {
  let decimals = 0;
  let factor = 1;
  for (const value of values) {
    // What has fewer decimals comes back at a larger factor too: both divisions round the same quotient.
    while (Math.round(value * factor) / factor !== value) {
      decimals += 1;
      if (decimals > MAX_DECIMALS) return null;
      factor = 10 ** decimals;
    }
  }
  return areSmall(values, factor) ? factor : null;
}

function binaryFactorOf(values: Float64Array): number | null {
  let factor = 1;
  for (const value of values) {
    while (!Number.isInteger(value * factor)) {
      factor *= 2;
      if (factor > MAX_BINARY) return null;
    }
  }
  return areSmall(values, factor) ? factor : null;
}

function areSmall(values: Float64Array, factor: number): boolean {
  for (const value of values) if (!(Math.abs(value * factor) <= LARGEST)) return false;
  return true;
}

/** Sums of decimals, without what adding up doubles left behind the last decimal. As they are where no decimals come near all of them. */
export function roundSums(sums: Float64Array): Float64Array {
  for (let decimals = 0; decimals <= MAX_DECIMALS; decimals += 1) {
    const factor = 10 ** decimals;
    const rounded = sums.map((sum) => Math.round(sum * factor) / factor);
    if (rounded.every((value, index) => Math.abs(value - (sums[index] ?? 0)) <= SUM_TOLERANCE * Math.abs(value))) return rounded;
  }
  return sums;
}

/** The numbers times a factor that factorOf gave; never -0. */
export function toWhole(values: Float64Array, factor: number): Float64Array {
  const whole = new Float64Array(values.length);
  for (let index = 0; index < values.length; index += 1) whole[index] = Math.round((values[index] ?? 0) * factor) + 0;
  return whole;
}

/** The largest whole number that divides every difference from `base`; 1 where all are the same. */
export function divisorOf(whole: Float64Array, base: number): number {
  let divisor = 0;
  for (const value of whole) {
    let rest = Math.abs(value - base);
    if (divisor === 0) divisor = rest;
    else if (rest % divisor !== 0) {
      while (rest !== 0) [divisor, rest] = [rest, divisor % rest];
      if (divisor === 1) return 1;
    }
  }
  return divisor === 0 ? 1 : divisor;
}
