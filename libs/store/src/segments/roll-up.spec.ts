import { forEachMetric, formatMetricPath, setMetricAt, type Metrics } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceBuckets, RollUpBuilder } from './roll-up-builder.ts';
import { RollUp } from './roll-up.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const baseMs = Date.UTC(2026, 10, 23);

interface Given {
  tsMs: number;
  metrics: Metrics;
}
/** Of one path in one bucket. */
interface Cell {
  sum: number;
  /** Sum of what the numbers are without their signs: what rounding errors are measured by. */
  size: number;
  count: number;
  min: number;
  max: number;
}
type Table = Map<number, Map<string, Cell>>;

/** What anybody would compute. */
function naive(samples: readonly Given[], stepMs: number): Table {
  const table: Table = new Map();
  for (const { tsMs, metrics } of samples) {
    const start = tsMs - (tsMs % stepMs);
    const bucket = table.get(start) ?? new Map<string, Cell>();
    table.set(start, bucket);
    forEachMetric(metrics, (path, value) => {
      if (value === null) return;
      const key = formatMetricPath(path);
      const cell = bucket.get(key) ?? { sum: 0, size: 0, count: 0, min: Infinity, max: -Infinity };
      const { sum, size, count, min, max } = cell;
      bucket.set(key, {
        sum: sum + value,
        size: size + Math.abs(value),
        count: count + 1,
        min: Math.min(min, value),
        max: Math.max(max, value),
      });
    });
  }
  return table;
}

function expectEqual(rollUp: RollUp, expected: Table): void {
  expect([...rollUp.starts]).toEqual([...expected.keys()].sort((one, other) => one - other));
  const keys = new Set([...expected.values()].flatMap((bucket) => [...bucket.keys()]));
  expect(new Set(rollUp.paths.map(formatMetricPath))).toEqual(keys);
  rollUp.paths.forEach((path, pathIndex) => {
    const { sums, counts, mins, maxs } = rollUp.stats(pathIndex);
    rollUp.starts.forEach((start, index) => {
      const cell = expected.get(start)?.get(formatMetricPath(path));
      if (cell === undefined) expect([sums[index], counts[index], mins[index], maxs[index]]).toEqual([0, 0, NaN, NaN]);
      else {
        expect([counts[index], mins[index], maxs[index]]).toEqual([cell.count, cell.min, cell.max]);
        expect(Math.abs((sums[index] ?? NaN) - cell.sum)).toBeLessThanOrEqual(1e-9 * Math.abs(cell.sum) + 1e-14 * cell.size);
      }
    });
  });
}

function rollUp(samples: readonly Given[], stepMs: number): RollUp {
  const builder = new RollUpBuilder(stepMs);
  for (const { tsMs, metrics } of samples) builder.add(tsMs, metrics);
  return builder.build();
}
const stored = (built: RollUp) => RollUp.open(built.encode().data);

const value = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 1000) },
  { weight: 2, arbitrary: fc.constant(null) },
  fc.integer({ min: 1 }),
  fc.double({ noNaN: true, min: -1e200, max: 1e200 }).map((number) => number + 0),
);
const leafArbitrary = fc.tuple(
  fc.constantFrom(
    { metric: 'usage_percent' },
    { metric: 'load_1m' },
    ...['0', 'toString', 'a"b'].map((instance) => ({ dimension: 'core', instance, metric: 'usage_percent' })),
    { dimension: 'load_1m', instance: '0', metric: 'a_count' },
  ),
  value,
);
const sampleArbitrary = fc.record({
  // Few minutes of few hours, so that buckets have several Samples, one, or none.
  tsMs: fc.tuple(fc.nat(2), fc.nat(3), fc.nat(59_999)).map(([hour, minute, ms]) => baseMs + hour * HOUR_MS + minute * MINUTE_MS + ms),
  metrics: fc.array(leafArbitrary, { maxLength: 6 }).map((leaves) => {
    const metrics: Metrics = {};
    for (const [path, number] of leaves) setMetricAt(metrics, path, number);
    return metrics;
  }),
});
const samplesArbitrary = fc.array(sampleArbitrary, { maxLength: 60 });

describe('a roll-up', () => {
  it('is what a naive computation over the Samples gives, in whatever order they come, before and after it is stored', () => {
    fc.assert(
      fc.property(samplesArbitrary, (samples) => {
        const built = rollUp(samples, MINUTE_MS);
        expectEqual(built, naive(samples, MINUTE_MS));
        expectEqual(stored(built), naive(samples, MINUTE_MS));
      }),
      { numRuns: 200 },
    );
  });

  it('is the same by the hour whether it is made of Samples or of stored minutes', () => {
    fc.assert(
      fc.property(samplesArbitrary, fc.nat(60), (samples, split) => {
        const builder = new RollUpBuilder(HOUR_MS);
        builder.addRollUp(stored(rollUp(samples.slice(0, split), MINUTE_MS)));
        for (const { tsMs, metrics } of samples.slice(split)) builder.add(tsMs, metrics);
        expectEqual(stored(builder.build()), naive(samples, HOUR_MS));
      }),
      { numRuns: 200 },
    );
  });

  it('has what is new in the range that was replaced, and outside of it what there was', () => {
    const range = fc
      .tuple(fc.nat(2), fc.nat(3))
      .map(([from, hours]) => ({ startMs: baseMs + from * HOUR_MS, endMs: baseMs + (from + hours) * HOUR_MS }));
    fc.assert(
      fc.property(fc.option(samplesArbitrary), samplesArbitrary, range, (before, after, { startMs, endMs }) => {
        const isInside = ({ tsMs }: Given) => tsMs >= startMs && tsMs < endMs;
        const base = before === null ? null : stored(rollUp(before, MINUTE_MS));
        const replaced = replaceBuckets(base, rollUp(after, MINUTE_MS), { startMs, endMs });
        const expected = [...(before ?? []).filter((sample) => !isInside(sample)), ...after.filter(isInside)];
        expectEqual(stored(replaced), naive(expected, MINUTE_MS));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps a bucket whose Samples had no number, and no path that never had one', () => {
    const opened = stored(rollUp([{ tsMs: baseMs, metrics: { a_count: null } }], MINUTE_MS));
    expect([...opened.starts]).toEqual([baseMs]);
    expect(opened.paths).toEqual([]);
    expect(() => opened.stats(0)).toThrow(RangeError);
  });

  it('adds up numbers whose sum no double can hold', () => {
    const samples = [1.5e308, 1.7e308, -5, 1.6e308].map((number, index) => ({
      tsMs: baseMs + index,
      metrics: { a_count: number, b_count: index },
    }));
    const hours = new RollUpBuilder(HOUR_MS);
    hours.addRollUp(stored(rollUp(samples, MINUTE_MS)));
    const { sumUnit, ...opened } = ((built: RollUp) => ({ sumUnit: built.sumUnit, a: built.stats(0), b: built.stats(1) }))(
      stored(hours.build()),
    );
    expect(((opened.a.sums[0] ?? 0) / 4) * sumUnit).toBeCloseTo(1.2e308, -300);
    expect((opened.b.sums[0] ?? 0) * sumUnit).toBeCloseTo(6, 9);
    expect([opened.a.mins[0], opened.a.maxs[0], opened.a.counts[0]]).toEqual([-5, 1.7e308, 4]);
  });

  it('stores sums of decimals as the decimals they are', () => {
    const samples = Array.from({ length: 60 }, (_, index) => ({ tsMs: baseMs + index * 1000, metrics: { a_count: 0.1 } }));
    expect(stored(rollUp(samples, MINUTE_MS)).stats(0).sums).toEqual(Float64Array.of(6));
  });

  it('counts the buckets that have numbers, and gives the same list of paths to all that have the same', () => {
    const samples = [0, 1, 2].map((minute) => ({
      tsMs: baseMs + minute * MINUTE_MS,
      metrics: { a_count: minute, b_count: minute === 1 ? null : 1 },
    }));
    const built = rollUp(samples, MINUTE_MS);
    expect(built.encode().numberCount).toBe(5);
    expect(stored(built).paths).toBe(stored(rollUp(samples.slice(1), MINUTE_MS)).paths);
  });

  it('holds thousands of paths', () => {
    const device = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`d${index}`, { read_bytes: index, write_bytes: null }]));
    const opened = stored(rollUp([{ tsMs: baseMs, metrics: { device } }], MINUTE_MS));
    expect(opened.paths).toHaveLength(5000);
    opened.paths.forEach((path, index) => expect(opened.stats(index).sums[0]).toBe(Number(path.instance?.slice(1))));
  });
});
