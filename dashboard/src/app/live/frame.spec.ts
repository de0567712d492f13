import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';
import { nearestRow, readFrame } from './frame.ts';
import { SampleTable } from './sample-table.ts';
import { silentAfterMs } from './silence.ts';
import { bucketFor, rowsFor } from './window.ts';

const START = 1_700_000_000_000;
const usage = { metric: 'usage_percent' };
const table = (options: Partial<{ bucketMs: number; capacity: number; maxSeries: number }> = {}) =>
  new SampleTable({ bucketMs: 100, capacity: 100, maxSeries: 100, ...options });
const row = (second: number, value: number | null, intervalMs: number | null = 1000) => ({
  timeMs: START + second * 1000,
  intervalMs,
  metrics: { usage_percent: value, core: { '0': { usage_percent: value } } },
});
const read = (from: SampleTable, range = { fromMs: START, toMs: START + 1e6 }, bucketMs = 100) =>
  readFrame(from, { paths: [usage], range, bucketMs }).map(([timeMs, value]) => [(timeMs - START) / 1000, value]);

describe('SampleTable', () => {
  it('puts what arrives late in its place and refuses what it has', () => {
    const samples = table();
    for (const second of [0, 1, 4]) expect(samples.add(row(second, second))).toBe(true);
    for (const second of [2, 3]) expect(samples.add(row(second, second))).toBe(true);
    expect(samples.add(row(3, 99))).toBe(false);
    expect(read(samples)).toEqual([0, 1, 2, 3, 4].map((second) => [second, second]));
  });

  it('keeps the newest rows when it is full, and refuses older ones', () => {
    const samples = table({ capacity: 3 });
    for (const second of [0, 1, 2, 3, 5]) samples.add(row(second, second));
    expect(samples.add(row(1, 1))).toBe(false);
    expect(samples.add(row(4, 4))).toBe(true);
    expect(read(samples)).toEqual([
      [3, 3],
      [4, 4],
      [5, 5],
    ]);
  });

  it('keeps null as null, in plain metrics and in instances', () => {
    const samples = table();
    samples.add(row(0, null));
    samples.add(row(1, 7));
    expect(samples.valueAt(usage, 0)).toBeNull();
    expect(samples.valueAt({ metric: 'usage_percent', dimension: 'core', instance: '0' }, 1)).toBe(7);
    expect(samples.valueAt({ metric: 'usage_percent', dimension: 'core', instance: '9' }, 1)).toBeNull();
  });

  it('makes the rows of one bucket their mean, counting none twice', () => {
    const samples = table({ bucketMs: 5000 });
    for (const second of [0, 1, 2, 3, 3, 4]) samples.add(row(second, second));
    expect(read(samples, undefined, 5000)).toEqual([[0, 2]]);
  });

  it.each([
    [[null, 4, 8], 6],
    [[4, null, 8], 6],
    [[null, null, 3, 5, null], 4],
  ])('leaves unknown values out of the mean of a bucket: %j is %d', (values, mean) => {
    const samples = table({ bucketMs: 5000 });
    values.forEach((value, second) => samples.add(row(second, value)));
    expect(read(samples, undefined, 5000)).toEqual([[0, mean]]);
  });

  it('takes what no 32-bit float can hold for unknown', () => {
    const samples = table();
    samples.add(row(0, 1e300));
    expect(samples.valueAt(usage, 0)).toBeNull();
  });

  it('drops and counts the values of more series than it may keep', () => {
    const samples = table({ maxSeries: 1 });
    samples.add(row(0, 1));
    expect(samples.valueAt(usage, 0)).toBe(1);
    expect(samples.droppedValues).toBe(1);
  });

  it('keeps the totals where instances are too many, whatever comes first', () => {
    const samples = table({ maxSeries: 1 });
    samples.add({ timeMs: 0, intervalMs: 1000, metrics: { interface: { eth0: { rx: 3 } }, rx: 4 } });
    expect(samples.valueAt({ metric: 'rx' }, 0)).toBe(4);
  });
});

describe('readFrame', () => {
  it('breaks the line where samples are missing, and not where one came late', () => {
    const samples = table();
    for (const second of [0, 1, 3, 10]) samples.add(row(second, 1));
    expect(read(samples)).toEqual([
      [0, 1],
      [1, 1],
      [3, 1],
      [3.001, null],
      [10, 1],
    ]);
  });

  it('sees no gap where the interval itself became longer', () => {
    const samples = table();
    for (const second of [0, 1]) samples.add(row(second, 1));
    for (const second of [5, 10]) samples.add(row(second, 1, 5000));
    expect(read(samples).filter(([, value]) => value === null)).toEqual([]);
  });

  it('learns the rhythm of a publisher that does not say it', () => {
    const samples = table();
    for (const second of [0, 2, 4, 30, 32]) samples.add(row(second, 1, null));
    expect(read(samples).filter(([, value]) => value === null)).toHaveLength(1);
  });

  it('begins one row before the range', () => {
    const samples = table();
    for (let second = 0; second < 10; second++) samples.add(row(second, second));
    expect(read(samples, { fromMs: START + 5500, toMs: START + 7000 }).map(([second]) => second)).toEqual([5, 6, 7]);
  });
});

describe('nearestRow', () => {
  it('finds the row under a crosshair, and none in a gap', () => {
    const samples = table();
    for (const second of [0, 1, 20]) samples.add(row(second, 1));
    expect(nearestRow(samples, START + 900, 100)).toBe(1);
    expect(nearestRow(samples, START + 10_000, 100)).toBeNull();
  });
});

describe('windows', () => {
  it.each([
    [60_000, 100],
    [300_000, 500],
    [900_000, 2000],
    [3_600_000, 5000],
  ])('%d ms is drawn in steps of %d ms', (windowMs, bucketMs) => {
    expect(bucketFor(windowMs)).toBe(bucketMs);
    expect(rowsFor(windowMs)).toBeLessThanOrEqual(1440);
  });
});

describe('silentAfterMs', () => {
  it('goes by the fastest collector, or the interval that is set where that is longer', () => {
    expect(silentAfterMs({ intervalsMs: [100, 5000], configuredMs: null })).toBe(5000);
    expect(silentAfterMs({ intervalsMs: [2000, 5000], configuredMs: 1000 })).toBe(10_000);
    expect(silentAfterMs({ intervalsMs: [100], configuredMs: 60_000 })).toBe(300_000);
    expect(silentAfterMs({ intervalsMs: [], configuredMs: null })).toBe(5000);
  });
});

describe('backoffMs', () => {
  it('doubles to a limit and is spread', () => {
    expect([1, 2, 3, 20].map((attempt) => backoffMs(attempt, () => 1))).toEqual([500, 1000, 2000, 20_000]);
    expect(backoffMs(1, () => 0)).toBe(250);
  });
});
