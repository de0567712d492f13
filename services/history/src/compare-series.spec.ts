import type { Metrics } from '@perfwatch/contract';
import { metricAt } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanOf, naiveSteps, tableOf, within, type TimedMetrics } from '../test/naive-comparison.ts';
import { buildSeries, type BothSeries } from './compare-series.ts';
import type { CompareWindows } from './compare-windows.ts';
import { Deadline } from './reading/deadline.ts';
import type { TimeRange } from './time-range.ts';
import { HOUR_MS } from './durations.ts';

const START_MS = Date.UTC(2026, 10, 23, 8);
const windows: CompareWindows = {
  first: { startMs: START_MS, endMs: START_MS + HOUR_MS },
  second: { startMs: START_MS - HOUR_MS, endMs: START_MS },
};

interface Asked {
  windows?: CompareWindows;
  stepMs?: number;
  ranking?: readonly string[];
  maxBytes?: number;
}

function build(
  samples: readonly TimedMetrics[],
  { windows: both = windows, stepMs = 5000, ranking = ['a_count'], maxBytes = 500_000 }: Asked = {},
) {
  const table = (range: TimeRange) => tableOf(within(samples, range), stepMs);
  return buildSeries({
    windows: both,
    stepMs,
    first: table(both.first),
    second: table(both.second),
    ranking,
    maxBytes,
    deadline: new Deadline(),
  });
}

const every = (stepMs: number, metricsAt: (index: number) => Metrics): TimedMetrics[] =>
  Array.from({ length: (2 * HOUR_MS) / stepMs }, (_, index) => ({ tsMs: START_MS - HOUR_MS + index * stepMs, metrics: metricsAt(index) }));
const bytesOf = ({ first, second }: BothSeries) => Buffer.byteLength(JSON.stringify([first, second]));

describe('buildSeries', () => {
  it('puts both windows on one axis of offsets', async () => {
    const series = await build(every(1000, (second) => ({ a_count: second })));
    expect(series).toMatchObject({ stepMs: 5000 });
    expect(series.first.slice(0, 2)).toEqual([
      { offset_seconds: 0, data: { a_count: 3602 } },
      { offset_seconds: 5, data: { a_count: 3607 } },
    ]);
    expect(series.second.slice(0, 2)).toEqual([
      { offset_seconds: 0, data: { a_count: 2 } },
      { offset_seconds: 5, data: { a_count: 7 } },
    ]);
    expect(series.first.map((point) => point.offset_seconds)).toEqual(series.second.map((point) => point.offset_seconds));
  });

  it('gives the means of each step, at offsets that both windows share wherever they start', async () => {
    const leaf = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null });
    const metrics = fc.record(
      { a_count: leaf, core: fc.dictionary(fc.constantFrom('0', 'x"y'), fc.record({ b_ratio: leaf })) },
      { requiredKeys: [] },
    );
    const samples = fc.array(fc.record({ offsetMs: fc.integer({ min: -HOUR_MS, max: HOUR_MS }), metrics }), { maxLength: 60 });
    const start = fc.integer({ min: -HOUR_MS, max: HOUR_MS });
    await fc.assert(
      fc.asyncProperty(samples, start, start, async (found, first, second) => {
        const timed = found.map(({ offsetMs, metrics: numbers }) => ({ tsMs: START_MS + offsetMs, metrics: numbers }));
        const both = {
          first: { startMs: START_MS + first, endMs: START_MS + first + HOUR_MS },
          second: { startMs: START_MS + second, endMs: START_MS + second + HOUR_MS },
        };
        const ranking = ['core.b_ratio{core="0"}', 'a_count'];
        const series = await build(timed, { windows: both, ranking, maxBytes: 100_000 });
        for (const [points, { startMs, endMs }] of [
          [series.first, both.first],
          [series.second, both.second],
        ] as const) {
          const steps = naiveSteps(within(timed, { startMs, endMs }), series.stepMs);
          for (const { offset_seconds: offset, data } of points) {
            expect((offset * 1000) % series.stepMs).toBe(0);
            const step = Math.floor(startMs / series.stepMs) + (offset * 1000) / series.stepMs;
            for (const [path, text] of [
              [{ metric: 'a_count' }, 'a_count'],
              [{ dimension: 'core', instance: '0', metric: 'b_ratio' }, 'core.b_ratio{core="0"}'],
              [{ dimension: 'core', instance: 'x"y', metric: 'b_ratio' }, null],
            ] as const) {
              const numbers = text === null ? undefined : steps.get(text)?.get(step);
              const mean = metricAt(data, path);
              if (numbers === undefined) expect(mean).toBeUndefined();
              else expect(mean).toBeCloseTo(meanOf(numbers), -Math.floor(Math.log10(Math.abs(meanOf(numbers)) + 1)) + 4);
            }
          }
          const covered = new Set(within(timed, { startMs, endMs }).map(({ tsMs }) => Math.floor(tsMs / series.stepMs)));
          expect(points.map(({ offset_seconds: offset }) => offset)).toEqual(
            [...covered].sort((a, b) => a - b).map((step) => ((step - Math.floor(startMs / series.stepMs)) * series.stepMs) / 1000),
          );
        }
      }),
    );
  });

  it('is as fine as the bytes allow, and no finer than a chart can show', async () => {
    const samples = every(1000, (second) => ({ a_count: second / 3 }));
    expect((await build(samples, { stepMs: 1000 })).stepMs).toBe(5000);
    for (const maxBytes of [10_000, 30_000, 90_000]) {
      const series = await build(samples, { maxBytes });
      expect(series.first.length).toBeGreaterThan(20);
      expect(bytesOf(series)).toBeLessThan(maxBytes);
    }
    expect((await build(samples, { maxBytes: 10_000 })).stepMs).toBe(60_000);
  });

  it('leaves out paths that changed least before it leaves out points', async () => {
    const numbers = Object.fromEntries(
      Array.from({ length: 300 }, (_, core) => [String(core), { usage_percent: core / 7, user_percent: -1e-300 / 7 }]),
    );
    const samples = every(60_000, () => ({ core: numbers }));
    const ranking = Array.from({ length: 300 }, (_, core) => [
      `core.user_percent{core="${core}"}`,
      `core.usage_percent{core="${core}"}`,
    ]).flat();
    const series = await build(samples, { ranking, maxBytes: 100_000, stepMs: 60_000 });
    expect(bytesOf(series)).toBeLessThan(100_000);
    expect(series.first.length).toBeGreaterThanOrEqual(20);
    const { core } = series.first[0]?.data ?? {};
    expect(core).toMatchObject({ '0': { usage_percent: 0, user_percent: expect.any(Number) } });
    expect(core).not.toHaveProperty('299');
  });

  it('gives no points where there is nothing', async () => {
    expect(await build([])).toEqual({ stepMs: 5000, first: [], second: [] });
  });
});
