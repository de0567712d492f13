import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NUMBER_BYTES, roundMean, writeNumber } from './number-text.ts';

const AT = 3;

/** What is written, in no more room than it is said to need. */
function written(value: number): string {
  const out = Buffer.alloc(AT + NUMBER_BYTES);
  return out.toString('latin1', AT, writeNumber(out, AT, value));
}

const decimals = fc
  .tuple(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, places]) => digits / 10 ** places);

describe('writeNumber', () => {
  it('is what String gives', () => {
    fc.assert(
      fc.property(fc.oneof(decimals, fc.double({ noNaN: true }), fc.integer()), (value) => written(value) === String(value)),
      { numRuns: 5000 },
    );
  });

  it.each([
    0,
    -0,
    1,
    -1,
    0.001,
    0.000999,
    999_999.999999999,
    1e6,
    1e6 + 0.001,
    999_999_999_999.999,
    1e12,
    2 ** 53,
    5e-324,
    1.5e308,
    0.1 + 0.2,
    1 / 3,
    100.05,
    1000.000000001,
    Number('-0.0000010002251202302272'),
    Number('-1.2345678901234567e-300'),
  ])('writes %s', (value) => {
    expect(written(value)).toBe(String(value));
  });
});

describe('roundMean', () => {
  it('stays within 5e-10 of its size, and is written fast or not at all', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (mean) => Math.abs(roundMean(mean) - mean) <= 5.01e-10 * Math.abs(mean),
      ),
      { numRuns: 5000 },
    );
    expect(roundMean(100 / 3)).toBe(33.333333333);
    expect(roundMean(1e-9 / 3)).toBe(1e-9 / 3);
  });
});
