import { describe, expect, it } from 'vitest';
import { plotInset } from './plot.ts';

describe('plotInset', () => {
  it('has more room for the labels of bytes, which are the longest', () => {
    expect(plotInset('bytes', 11).left).toBeGreaterThan(plotInset('percent', 11).left);
    expect(plotInset('bytes_per_sec', 11).left).toBeGreaterThan(plotInset('bytes', 11).left);
  });

  it('grows with the labels, as on a wall display', () => {
    expect(plotInset('percent', 22)).toMatchObject({
      left: 2 * plotInset('percent', 11).left,
      bottom: 2 * plotInset('percent', 11).bottom,
    });
  });
});
