import { describe, expect, it } from 'vitest';
import { deviationInterval, studentQuantile } from './statistics-quantile.ts';

describe('studentQuantile', () => {
  // R: qt(0.975, df)
  it.each([
    [1, 12.706],
    [2, 4.303],
    [7, 2.365],
    [12, 2.179],
    [25, 2.06],
    [45, 2.014],
    [500, 1.965],
    [1e9, 1.96],
  ])('of %d degrees of freedom is %d', (degrees, quantile) => {
    expect(studentQuantile(degrees)).toBeCloseTo(quantile, 2);
  });

  it('falls as the degrees rise, parts of them too', () => {
    const quantiles = Array.from({ length: 400 }, (_, index) => studentQuantile(1 + index / 3));
    expect(quantiles.toSorted((a, b) => b - a)).toEqual(quantiles);
    expect(new Set(quantiles).size).toBe(quantiles.length);
  });
});

describe('deviationInterval', () => {
  // R: sqrt(qchisq(c(0.025, 0.975), df) / df)
  it.each([
    [4, 0.348, 1.669],
    [10, 0.57, 1.431],
    [100, 0.861, 1.138],
  ])('of %d degrees of freedom is %d to %d', (degrees, low, high) => {
    expect(deviationInterval(degrees).low).toBeCloseTo(low, 1);
    expect(deviationInterval(degrees).high).toBeCloseTo(high, 2);
  });
});
