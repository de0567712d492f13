import { describe, expect, it } from 'vitest';
import type { FrameRow } from '../live/frame.ts';
import { lineOpacityOf, textOpacityOf } from './certainty.ts';
import { chartPaths, shareColumns, type ChartSpec } from './chart-spec.ts';
import { lineShapes } from './line-shapes.ts';
import { thinned, type Point } from './thinned.ts';

const line: ChartSpec = {
  collector: 'perf-events',
  unit: 'ratio',
  stacked: false,
  label: 'IPC',
  series: [{ path: { metric: 'ipc_ratio' }, title: 'IPC', colour: 'blue', share: { metric: 'running_percent' } }],
};
const stack: ChartSpec = {
  ...line,
  stacked: true,
  series: [
    { path: { metric: 'user' }, title: 'User', colour: 'blue' },
    { path: { metric: 'system' }, title: 'System', colour: 'red' },
  ],
};
const box = { width: 100, height: 50, range: { fromMs: 0, toMs: 100 }, scale: { max: 10, interval: 5 } };

describe('lineShapes', () => {
  it('asks for the shares behind the values', () => {
    expect(chartPaths(line)).toEqual([{ metric: 'ipc_ratio' }, { metric: 'running_percent' }]);
    expect(shareColumns({ ...stack, series: [...stack.series, ...line.series] })).toEqual([null, null, 3]);
  });

  it('lays a line from left to right, 0 at the bottom', () => {
    const rows: FrameRow[] = [
      [0, 0, 100],
      [100, 10, 100],
    ];
    expect(lineShapes(rows, line, box)[0]?.map(({ upper, lower }) => ({ upper, lower }))).toEqual([
      {
        upper: [
          [0, 50],
          [100, 0],
        ],
        lower: [
          [0, 50],
          [100, 50],
        ],
      },
    ]);
  });

  it('is broken by what is not known', () => {
    const rows: FrameRow[] = [
      [0, 1, 100],
      [10, null, 100],
      [20, 1, 100],
    ];
    expect(lineShapes(rows, line, box)[0]).toHaveLength(2);
  });

  it('puts a layer on those before it, and on the ground where they are not known', () => {
    const rows: FrameRow[] = [
      [0, 4, 2],
      [10, null, 2],
    ];
    const [, upperLayer] = lineShapes(rows, stack, box);
    expect(upperLayer?.[0]?.upper.map(([, y]) => y)).toEqual([20, 40]);
    expect(upperLayer?.[0]?.lower.map(([, y]) => y)).toEqual([30, 50]);
  });

  it('leaves out a layer of nothing', () => {
    const rows: FrameRow[] = [
      [0, 4, 0],
      [10, 4, 0],
    ];
    expect(lineShapes(rows, stack, box).map((stretches) => stretches.length)).toEqual([1, 0]);
  });

  it('changes the strength at a point without breaking the line, the weaker of two ends deciding', () => {
    const rows: FrameRow[] = [
      [0, 1, 100],
      [10, 2, 100],
      [20, 3, 30],
      [30, 4, 100],
      [40, 5, 100],
    ];
    const stretches = lineShapes(rows, line, box)[0] ?? [];
    expect(stretches.map(({ upper, opacity }) => [upper.map(([x]) => x), opacity])).toEqual([
      [[0, 10], 1],
      [[10, 20, 30], lineOpacityOf(30)],
      [[30, 40], 1],
    ]);
  });

  it('takes an unknown share for that of an event that needs no counter', () => {
    const [stretch] = lineShapes([[0, 1, null]], line, box)[0] ?? [];
    expect(stretch?.opacity).toBe(1);
  });

  it('stays within the plot', () => {
    const [stretch] = lineShapes([[0, 99, null]], line, box)[0] ?? [];
    expect(stretch?.upper).toEqual([[0, 0]]);
  });
});

describe('certainty', () => {
  it('never rises as the share falls, and a figure stays readable', () => {
    for (const opacityOf of [textOpacityOf, lineOpacityOf]) {
      const opacities = [100, 90, 60, 50, 20, 0].map(opacityOf);
      expect(opacities).toEqual(opacities.toSorted((a, b) => b - a));
    }
    expect(textOpacityOf(0)).toBeGreaterThan(0.6);
  });
});

describe('thinned', () => {
  it('keeps first, lowest, highest and last of each column of pixels, in order', () => {
    const points: Point[] = [5, 9, 1, 6, 4, 7].map((y, index) => [index / 10, y]);
    expect(thinned(points).map(([, y]) => y)).toEqual([5, 9, 1, 7]);
  });

  it('leaves a line alone that has room', () => {
    const points: Point[] = [3, 1, 2].map((y, x) => [x, y]);
    expect(thinned(points)).toEqual(points);
  });

  it('never has more than four points a pixel, nor loses an extreme', () => {
    const points: Point[] = Array.from({ length: 5000 }, (_, index) => [index / 50, Math.sin(index) * (index % 97)]);
    const kept = thinned(points);
    expect(kept.length).toBeLessThanOrEqual(400);
    expect(Math.max(...kept.map(([, y]) => y))).toBe(Math.max(...points.map(([, y]) => y)));
    expect(Math.min(...kept.map(([, y]) => y))).toBe(Math.min(...points.map(([, y]) => y)));
  });
});
