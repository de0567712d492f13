/** Student's t of which 97.5 % are below, by degrees of freedom. */
const STUDENT: readonly (readonly [degrees: number, quantile: number])[] = [
  [1, 12.706],
  [2, 4.303],
  [3, 3.182],
  [4, 2.776],
  [5, 2.571],
  [6, 2.447],
  [8, 2.306],
  [10, 2.228],
  [15, 2.131],
  [20, 2.086],
  [30, 2.042],
  [60, 2.0],
  [120, 1.98],
  [Infinity, 1.96],
];
/** The normal distribution's. */
const NORMAL = 1.96;

/** Half of a 95 % interval in standard errors, for any number of degrees of freedom from 1 on; linear in their inverse between the table's. */
export function studentQuantile(degrees: number): number {
  let [lower, atLower] = [1, 12.706];
  for (const [upper, atUpper] of STUDENT) {
    if (degrees <= upper) {
      if (upper === lower || degrees <= lower) return atUpper;
      const share = (1 / lower - 1 / degrees) / (1 / lower - 1 / upper);
      return atLower + share * (atUpper - atLower);
    }
    [lower, atLower] = [upper, atUpper];
  }
  return NORMAL;
}

/**
 * Ends of the 95 % interval of s / sigma, the standard deviation found in the units of the true one: from chi-square in the approximation
 * of Wilson and Hilferty (1931), within 4 % from 3 degrees of freedom on.
 */
export function deviationInterval(degrees: number): { low: number; high: number } {
  const variance = 2 / (9 * degrees);
  const end = (z: number) => Math.max(0, 1 - variance + z * Math.sqrt(variance)) ** 1.5;
  return { low: end(-NORMAL), high: end(NORMAL) };
}
