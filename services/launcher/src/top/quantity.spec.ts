import { describe, expect, it } from 'vitest';
import { quantity } from './quantity.ts';

describe('a quantity', () => {
  it.each([
    [null, 'bytes', '-'],
    [undefined, null, '-'],
    [0, 'bytes', '0 B'],
    [1023, 'bytes', '1023 B'],
    [1024, 'bytes', '1.0 KiB'],
    [1_048_575, 'bytes', '1.0 MiB'],
    [5_242_880, 'bytes_per_sec', '5.0 MiB/s'],
    [1e300, 'bytes', `${(1e300 / 1024 ** 6).toFixed(0)} EiB`],
    [12.34, 'percent', '12.3 %'],
    [1234, 'per_sec', '1.2 k/s'],
    [3, 'count', '3'],
    [0.26, 'ms', '0.3 ms'],
    [2400.4, 'mhz', '2400 MHz'],
    [-1536, 'bytes', '-1.5 KiB'],
    [0.5, 'load', '0.50'],
    [1.234, 'ratio', '1.23'],
  ] as const)('of %s %s is %s', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text);
  });
});
