import { describe, expect, it } from 'vitest';
import { fromMiddle } from './from-middle.ts';
import { LineOffsets } from './line-offsets.ts';

describe('LineOffsets', () => {
  const lines = new LineOffsets([10, 100, 100, 10, 100]);

  it('knows where each line begins', () => {
    expect([0, 1, 2, 3, 4].map((index) => lines.at(index))).toEqual([0, 10, 110, 210, 220]);
    expect(lines.total).toBe(320);
  });

  it('finds the lines that a stretch touches, and no others', () => {
    expect(lines.range(0, 10)).toEqual({ start: 0, end: 1 });
    expect(lines.range(0, 11)).toEqual({ start: 0, end: 2 });
    expect(lines.range(109, 210)).toEqual({ start: 1, end: 3 });
    expect(lines.range(110, 320)).toEqual({ start: 2, end: 5 });
  });

  it('shows what there is where the stretch reaches over the ends', () => {
    expect(lines.range(-400, 50)).toEqual({ start: 0, end: 2 });
    expect(lines.range(300, 900)).toEqual({ start: 4, end: 5 });
  });

  it('shows the end to one who scrolled farther than the list is now, and nothing of an empty one', () => {
    expect(lines.range(1000, 2000)).toEqual({ start: 4, end: 5 });
    expect(new LineOffsets([]).range(0, 900)).toEqual({ start: 0, end: 0 });
  });
});

describe('fromMiddle', () => {
  it('names the edges last', () => {
    expect(fromMiddle([1, 2, 3, 4, 5])).toEqual([3, 2, 4, 1, 5]);
  });
});
