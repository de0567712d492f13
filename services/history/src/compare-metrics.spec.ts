import type { CompareStatistics, MetricComparison, Metrics } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { naiveStatistics, naiveSteps, tableOf, within, type TimedMetrics } from '../test/naive-comparison.ts';
import { seededNormal } from '../test/seeded-normal.ts';
import { compareTables, rankByChange } from './compare-metrics.ts';
import type { CompareWindows } from './compare-windows.ts';
import type { TimeRange } from './time-range.ts';
import { DAY_MS, MINUTE_MS } from './durations.ts';

const START_MS = Date.UTC(2026, 10, 23, 8);
const windowsOf = (lengthMs: number, agoMs: number): CompareWindows => ({
  first: { startMs: START_MS, endMs: START_MS + lengthMs },
  second: { startMs: START_MS - agoMs, endMs: START_MS - agoMs + lengthMs },
});
const aDayApart = windowsOf(2 * 3_600_000, DAY_MS);

interface Compared {
  windows?: CompareWindows;
  stepMs?: number;
}

function compare(samples: readonly TimedMetrics[], { windows = aDayApart, stepMs = MINUTE_MS }: Compared = {}): MetricComparison[] {
  const table = (range: TimeRange) => tableOf(within(samples, range), stepMs);
  return [...compareTables({ collector: 'cpu', windows, stepMs, first: table(windows.first), second: table(windows.second) })];
}

/** A Sample in each minute of both windows. */
function everyMinute(metricsAt: (minute: number, isFirst: boolean) => Metrics, windows = aDayApart): TimedMetrics[] {
  const minutes = Array.from({ length: (windows.first.endMs - windows.first.startMs) / MINUTE_MS }, (_, minute) => minute);
  return [windows.first, windows.second].flatMap(({ startMs }, index) =>
    minutes.map((minute) => ({ tsMs: startMs + minute * MINUTE_MS, metrics: metricsAt(minute, index === 0) })),
  );
}

/** Sums of doubles depend on their order in the last digits. */
const closely = (value: number | null): unknown => (value === null ? null : expect.closeTo(value, 6));
const nearly = ({ count, ...figures }: CompareStatistics) => ({
  ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, closely(value)])),
  count,
});

describe('compareTables', () => {
  it('gives the statistics that a naive computation over all samples gives', () => {
    const leaf = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null });
    const instance = fc.record({ usage_percent: leaf }, { requiredKeys: [] });
    const metrics = fc.record(
      { a_count: leaf, b_ratio: leaf, core: fc.dictionary(fc.constantFrom('0', '1', 'x,"y'), instance) },
      { requiredKeys: [] },
    );
    const windows = fc.constantFrom(aDayApart, windowsOf(500_000, 500_000), {
      ...aDayApart,
      second: { startMs: START_MS - 77_777, endMs: START_MS - 1 },
    });
    const samples = fc.uniqueArray(fc.record({ offsetMs: fc.integer({ min: 0, max: 7_200_000 }), isFirst: fc.boolean(), metrics }), {
      selector: ({ offsetMs }) => offsetMs,
      maxLength: 60,
    });
    fc.assert(
      fc.property(samples, windows, fc.constantFrom(1000, MINUTE_MS, 3_600_000), (found, both, stepMs) => {
        const timed = found.map(({ offsetMs, isFirst, metrics: numbers }) => ({
          tsMs: (isFirst ? both.first : both.second).startMs + offsetMs,
          metrics: numbers,
        }));
        const compared = new Map(compare(timed, { windows: both, stepMs }).map((comparison) => [comparison.path, comparison]));
        const first = naiveSteps(within(timed, both.first), stepMs);
        const second = naiveSteps(within(timed, both.second), stepMs);
        const withNumbers = [...first, ...second].filter(([, steps]) => steps.size > 0).map(([path]) => path);
        expect([...compared.keys()].sort()).toEqual([...new Set(withNumbers)].sort());
        for (const [path, comparison] of compared) {
          const [one, two] = [naiveStatistics(first.get(path)), naiveStatistics(second.get(path))];
          expect(comparison.window_1).toEqual(nearly(one));
          expect(comparison.window_2).toEqual(nearly(two));
          expect(comparison.change).toEqual(one.avg === null || two.avg === null ? null : closely(one.avg - two.avg));
        }
      }),
    );
  });

  it('measures the change in the unit of the metric and in percent of how large it was', () => {
    const found = compare(
      everyMinute((_, isFirst) => ({ a_count: isFirst ? 30 : 20, b_celsius: isFirst ? -5 : -10, c_count: isFirst ? 7 : 0 })),
    );
    expect(found).toMatchObject([
      { path: 'a_count', change: 10, change_percent: 50, effect: null, verdict: 'higher' },
      { path: 'b_celsius', change: 5, change_percent: 50, verdict: 'higher' },
      { path: 'c_count', change: 7, change_percent: null, verdict: 'higher' },
    ]);
  });

  it('is exact with constants whose sum is not', () => {
    const [{ window_1: first, change, effect, verdict } = {}] = compare(
      everyMinute(() => ({ a_ratio: 0.1 })),
      { stepMs: 7 * MINUTE_MS },
    );
    expect(first).toMatchObject({ avg: 0.1, min: 0.1, max: 0.1, p50: 0.1, p95: 0.1 });
    expect({ change, effect, verdict }).toEqual({ change: 0, effect: { size: 0, low: 0, high: 0 }, verdict: 'no_clear_change' });
  });

  it('knows nothing of a path that one window lacks, or has only nulls of, and leaves out what both lack', () => {
    const found = compare(
      everyMinute((minute, isFirst) =>
        isFirst ? { new_count: minute, none_count: null, null_count: null } : { old_count: minute, none_count: null, null_count: minute },
      ),
    );
    const nothing = { avg: null, min: null, max: null, p50: null, p95: null, count: 0 };
    const unknown = { change: null, change_percent: null, effect: null, verdict: 'unknown' };
    expect(found).toMatchObject([
      { path: 'new_count', window_1: { count: 120 }, window_2: nothing, ...unknown },
      { path: 'null_count', window_1: nothing, window_2: { count: 120 }, ...unknown },
      { path: 'old_count', window_1: nothing, window_2: { count: 120 }, ...unknown },
    ]);
  });

  it('compares numbers whose sum, square or difference no double can hold', () => {
    const normal = seededNormal(1);
    const found = compare(
      everyMinute((_, isFirst) => ({
        huge_count: (isFirst ? 1.6e308 : -1.6e308) + normal() * 1e306,
        tiny_count: (isFirst ? 3e-320 : 1e-320) * Math.abs(normal()),
      })),
    );
    expect(found).toMatchObject([
      { path: 'huge_count', change: null, change_percent: null, verdict: 'higher', effect: { size: expect.any(Number) } },
      { path: 'tiny_count', verdict: 'higher' },
    ]);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it('takes the same times of day together where whole days lie between the windows, and only there', () => {
    const normal = seededNormal(2);
    const metricsAt = (minute: number, isFirst: boolean) => ({ a_count: 10 * Math.sin(minute / 19) + normal() + (isFirst ? 1 : 0) });
    expect(compare(everyMinute(metricsAt))).toMatchObject([{ verdict: 'higher' }]);
    const hoursApart = windowsOf(2 * 3_600_000, 7_200_000);
    expect(compare(everyMinute(metricsAt, hoursApart), { windows: hoursApart })).toMatchObject([{ verdict: 'no_clear_change' }]);
    const halfMissing = everyMinute(metricsAt).filter(({ tsMs }) => tsMs >= START_MS || tsMs % 120_000 === 0);
    expect(compare(halfMissing)).toMatchObject([{ verdict: 'no_clear_change' }]);
  });
});

describe('rankByChange', () => {
  it('puts first what is least likely to be chance, not what moved most', () => {
    const normal = seededNormal(3);
    const found = compare(
      everyMinute((_, isFirst) => ({
        noisy_count: 100 * normal() + (isFirst ? 20 : 0),
        steady_count: normal() + (isFirst ? 1000 : 999),
        clear_count: normal() + (isFirst ? 1009 : 999),
        same_count: normal(),
        total_bytes: isFirst ? 16e9 : 8e9,
        ...(isFirst ? { new_count: 5 } : {}),
      })),
    );
    expect(rankByChange(found.toReversed()).map(({ path, verdict }) => `${path} ${verdict}`)).toEqual([
      'total_bytes higher',
      'clear_count higher',
      'steady_count higher',
      'noisy_count no_clear_change',
      'same_count no_clear_change',
      'new_count unknown',
    ]);
  });

  it('puts constants in the order of their change in percent, then of their names', () => {
    const found = compare(
      everyMinute((_, isFirst) => ({
        b_count: isFirst ? 2 : 1,
        a_count: isFirst ? 2 : 1,
        c_count: isFirst ? 9 : 1,
        d_count: isFirst ? 1 : 0,
      })),
    );
    expect(rankByChange(found).map(({ path }) => path)).toEqual(['d_count', 'c_count', 'a_count', 'b_count']);
  });
});
