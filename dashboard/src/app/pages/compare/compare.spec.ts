import type { Catalog, CompareReply, MetricComparison } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { countVerdicts, comparisonRows, filterRows, sortRows } from './comparison-rows.ts';
import { compareQuery, readState, windowsAt, writeState, type CompareState } from './compare-state.ts';
import { effectLimit, effectMarks, effectTicks } from './effect-scale.ts';
import { offsetText, overlaySpec, valueAtOffset, withinWhole } from './overlay-series.ts';
import { changeReason, changeText, verdictReason } from './verdict.ts';

const stats = (avg: number | null) => ({ avg, min: avg, max: avg, p50: avg, p95: avg, count: avg === null ? 0 : 9 });
const windows = { window_1: stats(2), window_2: stats(1) };
const metric = (path: string, verdict: MetricComparison['verdict'], percent: number | null): MetricComparison => ({
  collector: path.startsWith('core') ? 'cpu' : 'disk',
  path,
  ...windows,
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

  it('begins with the smallest of names and places, and with the largest of figures', () => {
    expect(['rank', 'metric', 'verdict', 'change', 'effect'].map((sort) => address({ sort }).isAscending)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(writeState(address({ sort: 'metric', dir: 'desc' }))).toMatchObject({ sort: 'metric', dir: 'desc' });
    expect(writeState(address({ sort: 'metric' }))['dir']).toBeNull();
  });

  it('has times of its own to begin with before the server has told any', () => {
    const nowMs = Date.parse('2026-11-24T12:34:56Z');
    expect(windowsAt({ period: 'hour', to: 'yesterday' }, nowMs)).toEqual({
      start1: '2026-11-24T11:34:00.000Z',
      end1: '2026-11-24T12:34:00.000Z',
      start2: '2026-11-23T11:34:00.000Z',
      end2: '2026-11-23T12:34:00.000Z',
    });
    expect(windowsAt({ period: 'week', to: 'previous' }, nowMs).start2).toBe('2026-11-10T12:34:00.000Z');
  });
});

describe('comparisonRows', () => {
  const catalog: Catalog = {
    host: 'db-1',
    collector: 'cpu',
    ts: '2026-11-24T12:00:00Z',
    title: 'CPU',
    metrics: {},
    dimensions: {
      core: {
        title: 'Core',
        metrics: { usage_percent: { title: 'Busy', unit: 'percent', kind: 'gauge', help: 'Share of time not idle' } },
      },
    },
  };
  const found = comparisonRows([metric('core.usage_percent{core="3"}', 'higher', 5), metric('read_bytes_per_sec', 'lower', 5)], [catalog]);

  it('takes title, unit and help from the catalog, and says which instance', () => {
    expect(found[0]).toMatchObject({ title: 'Busy · Core 3', unit: 'percent', help: 'Share of time not idle', rank: 0 });
  });

  it('makes title and unit of the name where no catalog tells them', () => {
    expect(found[1]).toMatchObject({ title: 'Read', unit: 'bytes_per_sec', help: null, key: 'disk:read_bytes_per_sec' });
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
    expect(sortRows(rows, { sort: 'rank', isAscending: true })).toEqual(rows);
  });

  it('puts what is higher before what is not clear by verdict, and what is unknown last', () => {
    const verdicts = sortRows(rows.toReversed(), { sort: 'verdict', isAscending: true }).map(({ comparison }) => comparison.verdict);
    expect(verdicts).toEqual(['higher', 'no_clear_change', 'unknown']);
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
    expect(effectLimit([])).toBe(1);
    const effect = { size: 1, low: 0.2, high: 3 };
    expect(
      effectLimit([
        { effect: null, verdict: 'higher' },
        { effect, verdict: 'higher' },
      ]),
    ).toBe(5);
  });

  it('gives room to what changed, and to the size alone of what may not have', () => {
    expect(effectLimit([{ effect: { size: 1.5, low: -9, high: 9 }, verdict: 'no_clear_change' }])).toBe(2);
  });

  it('is told in words', () => {
    expect(verdictReason({ ...windows, verdict: 'lower', effect: { size: -0.5, low: -0.8, high: -0.2 } })).toBe(
      '0.50 standard deviations lower; between 0.20 and 0.80 with 95 % confidence',
    );
    expect(verdictReason({ ...windows, verdict: 'higher', effect: null })).toContain('Constant');
  });

  it('has its change in percent, or as a multiple', () => {
    expect([5.25, -4.1, 0.01, 2233.5, 900, 123_300, null].map(changeText)).toEqual([
      '+5.3 %',
      '−4.1 %',
      '0 %',
      '×23.3',
      '×10',
      '×1234',
      null,
    ]);
  });
});

describe('what is not known says why', () => {
  const unknown = (window_1: number | null, window_2: number | null) =>
    verdictReason({ window_1: stats(window_1), window_2: stats(window_2), verdict: 'unknown', effect: null });

  it('in which window nothing was recorded, or that there is too little', () => {
    expect(unknown(null, null)).toContain('either window');
    expect(unknown(null, 1)).toContain('in this period');
    expect(unknown(1, null)).toContain('in the window before');
    expect(unknown(1, 1)).toContain('8 steps in each window: 9 samples in this period, 9 before');
  });

  it('why there is no change, or none in percent', () => {
    const change = (shown: number | null, before: number | null) => {
      const difference = shown === null || before === null ? null : shown - before;
      return changeReason(
        { window_1: stats(shown), window_2: stats(before), change: difference, change_percent: before ? 100 : null },
        'bytes',
      );
    };
    expect(change(2, null)).toContain('before');
    expect(change(null, 2)).toContain('in this period');
    expect(change(2, 0)).toContain('percentage of 0: +2');
    expect(change(2, 4)).toMatch(/^−2/);
  });
});

describe('the scale of effects', () => {
  it('has its labels where the bars have their effects', () => {
    const ticks = effectTicks(5);
    expect(ticks.map(({ text }) => text)).toEqual(['−5', '−1', '0', '+1', '+5']);
    expect(ticks.map(({ left }) => left)).toEqual([-5, -1, 0, 1, 5].map((size) => effectMarks({ size, low: size, high: size }, 5).dot));
  });
});

describe('overlaySpec', () => {
  const window = { start_time: '', end_time: '', seconds: 60, covered_seconds: 60, coverage_percent: 100 };
  const point = (offset: number, percent: number | null) => ({
    offset_seconds: offset,
    data: { core: { '3': { usage_percent: percent } } },
  });
  const reply: CompareReply = {
    host: 'db-1',
    metric_type: 'cpu',
    window_1: window,
    window_2: window,
    resolution: 'raw',
    step: '1s',
    comparable: true,
    note: null,
    interval: '1s',
    series_1: [point(0, 10), point(1, null), point(2, 30)],
    series_2: [point(0, 5)],
    summary: [],
    truncated: false,
  };
  const [row] = comparisonRows([metric('core.usage_percent{core="3"}', 'higher', 5)], []);
  if (row === undefined) throw new Error('the row was made');
  const spec = overlaySpec(reply, row);

  it('lays both windows on one axis of offsets, the one before dashed and behind', () => {
    expect(spec.series.map(({ key, dashed, points }) => ({ key, dashed: dashed ?? false, points }))).toEqual([
      { key: 'before', dashed: true, points: [[0, 5, 5, 5]] },
      {
        key: 'this',
        dashed: false,
        points: [
          [0, 10, 10, 10],
          [1000, null, null, null],
          [2000, 30, 30, 30],
        ],
      },
    ]);
    expect(spec.unit).toBe('percent');
  });

  it('tells the value under the crosshair, and none where there is a gap', () => {
    const points = spec.series[1]?.points ?? [];
    expect([100, 900, 2400, 9000].map((offsetMs) => valueAtOffset(points, offsetMs))).toEqual([10, null, 30, null]);
  });

  it('is never zoomed beyond the windows', () => {
    const whole = { fromMs: 0, toMs: 60_000 };
    expect(withinWhole({ fromMs: -10_000, toMs: 20_000 }, whole)).toEqual({ fromMs: 0, toMs: 30_000 });
    expect(withinWhole({ fromMs: 50_000, toMs: 70_000 }, whole)).toEqual({ fromMs: 40_000, toMs: 60_000 });
    expect(withinWhole({ fromMs: -1, toMs: 99_000 }, whole)).toEqual(whole);
  });
});

it('counts offsets from the start', () => {
  const texts = [0, 30_000, 90_400, 8_100_000, 8_130_000, 86_400_000, 97_200_000].map(offsetText);
  expect(texts).toEqual(['0', '+30 s', '+1 min 30 s', '+2 h 15 min', '+2 h 15 min 30 s', '+1 d', '+1 d 3 h']);
});
