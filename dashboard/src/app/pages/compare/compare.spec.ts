import type { MetricComparison } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { countVerdicts, comparisonRows, filterRows, sortRows } from './comparison-rows.ts';
import { compareQuery, readState, writeState, type CompareState } from './compare-state.ts';
import { effectLimit, effectMarks } from './effect-scale.ts';
import { offsetText } from './overlay-series.ts';
import { changeText, verdictReason } from './verdict.ts';

const stats = (avg: number | null) => ({ avg, min: avg, max: avg, p50: avg, p95: avg, count: 9 });
const metric = (path: string, verdict: MetricComparison['verdict'], percent: number | null): MetricComparison => ({
  collector: path.startsWith('core') ? 'cpu' : 'disk',
  path,
  window_1: stats(2),
  window_2: stats(1),
  change: 1,
  change_percent: percent,
  effect: verdict === 'unknown' ? null : { size: 0.5, low: 0.2, high: 0.8 },
  verdict,
});
const rows = comparisonRows(
  [metric('core.usage_percent{core="0"}', 'higher', 5), metric('read_bytes', 'unknown', null), metric('write_bytes', 'no_clear_change', 9)],
  [],
);
const paths = (list: typeof rows) => list.map(({ comparison }) => comparison.path);
const address = (query: Record<string, string>) => readState({ get: (name) => query[name] ?? null });

describe('the address', () => {
  it('says all that a state says', () => {
    const state: CompareState = {
      ...address({ host: 'db-1', q: 'read', collector: 'disk', verdict: 'lower', changed: '1', sort: 'change', dir: 'asc' }),
      windows: {
        start1: '2026-11-24T10:00:00.000Z',
        end1: '2026-11-24T11:00:00.000Z',
        start2: '2026-11-23T10:00:00.000Z',
        end2: '2026-11-23T11:00:00.000Z',
      },
      metric: 'cpu:core.usage_percent{core="0"}',
    };
    const written = Object.entries(writeState(state)).filter((entry): entry is [string, string] => entry[1] !== null);
    expect(address(Object.fromEntries(written))).toEqual(state);
    expect(compareQuery(state, 'db-1')).toMatchObject({ start_time_1: '2026-11-24T10:00:00.000Z' });
  });

  it('leaves to the defaults what it does not know', () => {
    expect(address({ period: 'year', host: '../x', start1: 'x' })).toMatchObject({ period: 'hour', host: null, windows: null });
  });
});

describe('the table', () => {
  it('keeps what is unknown last, either way', () => {
    expect(paths(sortRows(rows, { sort: 'change', isAscending: true })).at(-1)).toBe('read_bytes');
    expect(paths(sortRows(rows, { sort: 'change', isAscending: false }))).toEqual([
      'write_bytes',
      'core.usage_percent{core="0"}',
      'read_bytes',
    ]);
  });

  it('keeps the order of the reply by rank', () => {
    expect(sortRows(rows, { sort: 'rank', isAscending: false })).toEqual(rows);
  });

  it('filters by words, collector, verdict and change', () => {
    expect(paths(filterRows(rows, { ...address({}), text: 'BYTES write' }))).toEqual(['write_bytes']);
    expect(filterRows(rows, address({ collector: 'cpu' }))).toHaveLength(1);
    expect(paths(filterRows(rows, address({ verdict: 'unknown' })))).toEqual(['read_bytes']);
    expect(filterRows(rows, address({ changed: '1' }))).toHaveLength(1);
    expect(countVerdicts(rows)).toEqual({ changed: 1, higher: 1, lower: 0, unclear: 1, unknown: 1 });
  });
});

describe('the effect', () => {
  it('is drawn around the middle and ends at the edge', () => {
    expect(effectMarks({ size: 0, low: -1, high: 1 }, 1)).toEqual({ dot: 50, from: 0, to: 100 });
    expect(effectMarks({ size: 20, low: 5, high: 40 }, 10)).toMatchObject({ dot: 100, to: 100 });
    expect(effectLimit([null, { size: 1, low: -3, high: 2 }])).toBe(5);
  });

  it('is told in words', () => {
    expect(verdictReason({ verdict: 'lower', effect: { size: -0.5, low: -0.8, high: -0.2 } })).toBe(
      '0.50 standard deviations lower; between 0.20 and 0.80 with 95 % confidence',
    );
    expect(verdictReason({ verdict: 'higher', effect: null })).toContain('Constant');
  });

  it('has its change in percent, or as a multiple', () => {
    expect([5.25, -4.1, 0.01, 2233.5, 900, null].map(changeText)).toEqual(['+5.3 %', '−4.1 %', '0 %', '×23.3', '×10.0', null]);
  });
});

it('counts offsets from the start', () => {
  expect([0, 8_100_000, 8_130_000, 90_000_000].map((ms) => offsetText(ms))).toEqual(['+00:00', '+02:15', '+02:15:30', '+25:00']);
});
