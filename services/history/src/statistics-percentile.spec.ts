import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentile } from './statistics-percentile.ts';

const of = (share: number, ...values: number[]) => percentile(Float64Array.from(values).sort(), share);

describe('percentile', () => {
  it('lies between neighbours, as PostgreSQL and numpy have it', () => {
    expect(of(0.5, 1, 2, 3, 4)).toBe(2.5);
    expect(of(0.95, ...Array.from({ length: 101 }, (_, index) => index))).toBe(95);
    expect(of(0.95, 10, 20)).toBeCloseTo(19.5);
    expect(of(0.95, 7)).toBe(7);
    expect(of(0.5)).toBeNull();
    expect(of(0.5, -1.7e308, 1.7e308)).toBe(0);
  });

  it('has its share of the numbers on either side', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1 });
    fc.assert(
      fc.property(numbers, fc.constantFrom(0, 0.05, 0.5, 0.95, 1), (values, share) => {
        const found = of(share, ...values) ?? NaN;
        const rank = share * (values.length - 1);
        const slack = 1e-6;
        expect(values.filter((value) => value < found - slack).length).toBeLessThanOrEqual(Math.ceil(rank));
        expect(values.filter((value) => value > found + slack).length).toBeLessThanOrEqual(values.length - 1 - Math.floor(rank));
      }),
    );
  });
});
