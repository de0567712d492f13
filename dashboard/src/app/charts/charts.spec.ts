import { describe, expect, it } from 'vitest';
import { SampleTable } from '../live/sample-table.ts';
import { readChartTheme } from '../theme/chart-theme.ts';
import { axisScale, axisScaleAcross, axisScaleTo } from './axis-scale.ts';
import { heatPixels, heatRamp } from './heat-pixels.ts';
import { lineMerge, lineOptions, scaleOf, topOf, type ChartSpec } from './line-options.ts';

const GIB = 1024 ** 3;
const theme = readChartTheme((token) => (token === '--fill' ? '0.6' : token));
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

describe('lineMerge', () => {
  it('shows what is below 0, and begins at 0 again when that has left the window', () => {
    const lines: ChartSpec = { ...spec, unit: 'celsius', stacked: false };
    const range = { fromMs: 0, toMs: 1 };
    expect(lineMerge(lines, { rows: [[0, -12, 20]], range, total: null })).toHaveProperty('yAxis.min', -20);
    expect(lineMerge(lines, { rows: [[0, 12, 20]], range, total: null })).toHaveProperty('yAxis.min', 0);
  });
});

describe('lineOptions', () => {
  it('stacks, fills and reads each series from its column', () => {
    expect(lineOptions(spec, theme)).toMatchObject({
      animation: false,
      series: [
        { name: 'User', stack: 'all', encode: { x: 0, y: 1 }, color: '--series-blue', areaStyle: { opacity: 0.6 }, connectNulls: false },
        { name: 'System', encode: { x: 0, y: 2 } },
      ],
    });
  });

  it('labels the axis in the unit', () => {
    expect(lineOptions(spec, theme)).toHaveProperty('yAxis.axisLabel.formatter');
  });
});

describe('lineMerge', () => {
  it('carries rows and axes and nothing else', () => {
    const range = { fromMs: 0, toMs: 300_000 };
    const merge = lineMerge(spec, { rows: [[1, 30, 4]], range, total: null });
    expect(Object.keys(merge).sort()).toEqual(['dataset', 'xAxis', 'yAxis']);
    expect(merge).toMatchObject({
      xAxis: { min: 0, max: 300_000, axisLabel: { customValues: [60_000, 120_000, 180_000, 240_000] } },
      yAxis: { max: 50 },
    });
  });

  it('measures a stack by its sum, lines by the highest, and takes null for nothing', () => {
    const rows: [number, ...(number | null)[]][] = [
      [0, 10, 20],
      [1, null, null],
    ];
    expect(topOf(rows, true)).toBe(30);
    expect(topOf(rows, false)).toBe(20);
  });

  it('does not blow up the noise of an idle machine', () => {
    const load = { ...spec, unit: 'load', stacked: false } as const;
    expect(scaleOf(load, { rows: [[0, 0.01, 0]], range: { fromMs: 0, toMs: 1 }, total: null }).max).toBe(1);
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
