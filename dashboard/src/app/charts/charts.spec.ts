import { describe, expect, it } from 'vitest';
import type { FrameRow } from '../live/frame.ts';
import { SampleTable } from '../live/sample-table.ts';
import { axisScale, axisScaleAcross, axisScaleTo } from './axis-scale.ts';
import type { ChartSpec } from './chart-spec.ts';
import { heatPixels, heatRamp } from './heat-pixels.ts';
import { extentOf, nearestKnown, scaleOf, timeTicks, valueTicks } from './plot.ts';

const GIB = 1024 ** 3;
const spec: ChartSpec = {
  collector: 'cpu',
  unit: 'percent',
  stacked: true,
  label: 'CPU',
  series: [
    { path: { metric: 'user_percent' }, title: 'User', colour: 'blue' },
    { path: { metric: 'system_percent' }, title: 'System', colour: 'violet' },
  ],
};

describe('axisScale', () => {
  it.each([
    [3, 'percent', 5],
    [42, 'percent', 50],
    [100, 'percent', 100],
    [240, 'percent', 300],
    [0, 'percent', 10],
    [0, 'per_sec', 1],
    [1234, 'per_sec', 1500],
    [7 * GIB, 'bytes', 8 * GIB],
    [900, 'bytes_per_sec', 1000],
    [9.99, 'ms', 20],
    [430, 'seconds', 480],
  ] as const)('holds %d %s with an end of %d', (top, unit, max) => {
    expect(axisScale(top, unit).max).toBeCloseTo(max);
  });

  it('never ends below what it must hold', () => {
    for (let top = 0.001; top < 1e12; top *= 1.7) expect(axisScale(top, 'bytes').max).toBeGreaterThanOrEqual(top);
  });

  it('goes below 0 as far as the lines do, and ends at 0 where nothing is above it', () => {
    expect(axisScaleAcross({ bottom: -7, top: 26 }, 'celsius')).toEqual({ min: -10, max: 30, interval: 10 });
    expect(axisScaleAcross({ bottom: -0.8, top: 0 }, 'ratio')).toMatchObject({ min: -1, max: 0 });
  });

  it('ends at the whole where there is one, with round lines', () => {
    expect(axisScaleTo(23.4 * GIB, 'bytes')).toEqual({ max: 23.4 * GIB, interval: 10 * GIB });
  });
});

describe('scaleOf', () => {
  const lines: ChartSpec = { ...spec, unit: 'celsius', stacked: false };

  it('shows what is below 0, and begins at 0 again when that has left the window', () => {
    expect(scaleOf(lines, { rows: [[0, -12, 20]], total: null })).toHaveProperty('min', -20);
    expect(scaleOf(lines, { rows: [[0, 12, 20]], total: null })).not.toHaveProperty('min');
  });

  it('does not blow up the noise of an idle machine', () => {
    expect(scaleOf({ ...spec, unit: 'load', stacked: false }, { rows: [[0, 0.01, 0]], total: null }).max).toBe(1);
  });

  it('measures a stack by its sum, lines by the highest, takes null for nothing, and leaves shares out', () => {
    const rows: FrameRow[] = [
      [0, 10, 20, 99],
      [1, null, null, 99],
    ];
    expect(extentOf(rows, spec)).toEqual({ bottom: 0, top: 30 });
    expect(extentOf(rows, { ...spec, stacked: false })).toEqual({ bottom: 0, top: 20 });
  });
});

describe('axes', () => {
  it('labels round moments, none at the very ends', () => {
    expect(timeTicks({ fromMs: 0, toMs: 300_000 })).toEqual([60_000, 120_000, 180_000, 240_000]);
  });

  it('has a line at both ends and at every interval between', () => {
    expect(valueTicks({ max: 50, interval: 25 })).toEqual([0, 25, 50]);
    expect(valueTicks({ min: -10, max: 25, interval: 10 })).toEqual([-10, 0, 10, 20, 25]);
  });
});

describe('nearestKnown', () => {
  const rows: FrameRow[] = [
    [0, 1],
    [1000, null],
    [5000, 2],
  ];

  it('finds the nearest row that says something, and none out of reach', () => {
    expect(nearestKnown(rows, 900, 2000)).toEqual([0, 1]);
    expect(nearestKnown(rows, 4000, 2000)).toEqual([5000, 2]);
    expect(nearestKnown(rows, 2500, 1000)).toBeNull();
  });
});

describe('heatPixels', () => {
  const table = new SampleTable({ bucketMs: 1000, capacity: 10, maxSeries: 10 });
  for (const [second, value] of [
    [0, 0],
    [1, 50],
    [4, 100],
  ] as const) {
    table.add({ timeMs: second * 1000, intervalMs: 1000, metrics: { core: { '0': { usage_percent: value } } } });
  }
  const path = { metric: 'usage_percent', dimension: 'core', instance: '0' };

  it('draws each sample in its column and leaves what is missing unknown', () => {
    const pixels = heatPixels(table, { paths: [path], range: { fromMs: 0, toMs: 4000 }, stepMs: 1000, top: 100 });
    expect([...pixels.levels]).toEqual([0, 128, -1, -1, 255]);
  });

  it('grows brighter or darker all the way', () => {
    const ramp = heatRamp(['#000000', '#101010', '#808080', '#ffffff']);
    const brightness = ramp.map(([red]) => red);
    expect(brightness).toEqual([...brightness].sort((a, b) => a - b));
  });
});
