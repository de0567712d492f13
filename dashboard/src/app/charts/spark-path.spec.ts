import { describe, expect, it } from 'vitest';
import { sparkStretches } from './spark-path.ts';

const box = { width: 100, height: 23, range: { fromMs: 0, toMs: 100 }, top: 10 };

describe('sparkStretches', () => {
  it('lays values from left to right and bottom to top', () => {
    expect(
      sparkStretches(
        [
          [0, 0],
          [50, 5],
          [100, 10],
        ],
        box,
      ),
    ).toEqual([
      [
        [0, 21.5],
        [50, 11.5],
        [100, 1.5],
      ],
    ]);
  });

  it('is broken by what is not known, not drawn through it', () => {
    const rows: [number, number | null][] = [
      [0, 1],
      [10, null],
      [20, 1],
    ];
    expect(sparkStretches(rows, box)).toHaveLength(2);
  });

  it('lies on the ground where all is zero', () => {
    expect(sparkStretches([[0, 0]], { ...box, top: null })).toEqual([[[0, 21.5]]]);
  });
});
