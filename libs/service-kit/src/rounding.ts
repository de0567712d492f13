const STEPS_PER_UNIT = 1000;

/**
 * A measured value to three decimals, a hundred-thousandth of a percentage: a quarter less JSON, of which two decimals would save
 * another thirtieth only. Null stays null.
 * A count that kernels give whole needs none of it.
 */
export function roundMetric(value: number): number;
export function roundMetric(value: number | null): number | null;
export function roundMetric(value: number | null): number | null {
  return value === null ? null : Math.round(value * STEPS_PER_UNIT) / STEPS_PER_UNIT;
}
