import type { Host } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostHistory } from '../../api/history-api.ts';
import { parseChoice, type MetricChoice } from '../../catalog/metric-choice.ts';
import type { TimePoint } from '../../charts/time-chart/time-series.ts';
import { firstHost, firstMetrics } from './first-visit.ts';
import { historyCharts } from './history-charts.ts';
import { queriesOf, refreshMs } from './history-queries.ts';
import { readState, type HistoryState } from './history-state.ts';
import { legendFigures } from './legend-figures.ts';
import { resolutionTexts } from './resolution-text.ts';
import { fileNameOf } from './save-file.ts';
import { linesOf, stepOf, withGaps, type TimeLine } from './time-lines.ts';

const HOUR = 3_600_000;

function choice(text: string): MetricChoice {
  const parsed = parseChoice(text);
  if (parsed === null) throw new Error(`${text} is no choice`);
  return parsed;
}

const history = (interval: string, points: HostHistory['data_points'], resolution: HostHistory['resolution'] = 'raw'): HostHistory => ({
  host: 'web-1',
  interval,
  resolution,
  count: points.length,
  truncated: false,
  data_points: points,
});
const at = (second: number, metrics: Record<string, number | null | Record<string, Record<string, number | null>>>) => ({
  timestamp: new Date(second * 1000).toISOString(),
  data: { avg: metrics, min: metrics, max: metrics },
});

describe('lines of a history', () => {
  it('stand at the middle of their buckets, and at the tick itself where they are raw', () => {
    const points = [at(0, { busy_percent: 1 }), at(60, { busy_percent: 2 })];
    expect(linesOf(history('1m', points), choice('cpu:busy_percent'))[0]?.points.map(([timeMs]) => timeMs)).toEqual([30_000, 90_000]);
    expect(linesOf(history('raw', points), choice('cpu:busy_percent'))[0]?.points.map(([timeMs]) => timeMs)).toEqual([0, 60_000]);
  });

  it('are one for each instance that was ever there, in natural order', () => {
    const points = [
      at(0, { core: { '10': { busy_percent: 1 } } }),
      at(1, { core: { '2': { busy_percent: 3 }, '10': { busy_percent: 2 } } }),
    ];
    const lines = linesOf(history('raw', points), choice('cpu:core.busy_percent'));
    expect(lines.map(({ instance }) => instance)).toEqual(['2', '10']);
    expect(lines[0]?.points).toEqual([
      [0, null, null, null],
      [1000, 3, 3, 3],
    ]);
  });

  it('are none where nothing was known', () => {
    expect(linesOf(history('raw', [at(0, { busy_percent: null })]), choice('cpu:busy_percent'))).toEqual([]);
  });

  it('step by the usual distance of raw samples, and by no less than what is stored', () => {
    expect(
      stepOf(
        history(
          'raw',
          [0, 1, 2, 60, 61].map((second) => at(second, {})),
        ),
      ),
    ).toBe(1000);
    expect(stepOf(history('raw', [at(0, {}), at(60, {})], '1m'))).toBe(60_000);
    expect(stepOf(history('5m', []))).toBe(300_000);
  });
});

describe('withGaps', () => {
  const point = (timeMs: number): TimePoint => [timeMs, 1, 1, 1];

  it('breaks the line where samples are missing, not where one is late', () => {
    expect(withGaps([point(0), point(2000), point(9000)], 1000)).toEqual([point(0), point(2000), [3000, null, null, null], point(9000)]);
  });

  it('keeps every point and the order of time', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 100_000 })), (times) => {
        const points = times.sort((a, b) => a - b).map(point);
        const result = withGaps(points, 100);
        expect(result.filter(([, mean]) => mean !== null)).toEqual(points);
        expect(result.every(([timeMs], index) => index === 0 || timeMs > (result[index - 1]?.[0] ?? Infinity))).toBe(true);
      }),
    );
  });
});

describe('historyCharts', () => {
  const line = (text: string, host = 'a', instance: string | null = null): TimeLine => ({
    choice: choice(text),
    host,
    instance,
    points: [],
    stepMs: 1000,
  });

  it('puts what has the same unit on one axis, in the order of choice', () => {
    const lines = [line('cpu:usage_percent'), line('disk:read_bytes_per_sec'), line('memory:usage_percent')];
    const { charts } = historyCharts(lines, { collectors: [], hosts: ['a'] });
    expect(charts.map(({ title }) => title)).toEqual(['Cpu, Memory · Percent', 'Disk · Bytes per second']);
    expect(charts[0]?.series.map(({ title }) => title)).toEqual(['Cpu: Usage', 'Memory: Usage']);
  });

  it('draws the same number of two hosts in one colour, the second dashed', () => {
    const lines = [line('cpu:usage_percent', 'a'), line('cpu:usage_percent', 'b'), line('cpu:user_percent', 'a')];
    const { charts } = historyCharts(lines, { collectors: [], hosts: ['a', 'b'] });
    expect(charts[0]?.series.map(({ colour, dashed }) => [colour, dashed])).toEqual([
      ['blue', false],
      ['blue', true],
      ['violet', false],
    ]);
  });

  it('draws no more lines than can be told apart, and says what found no place', () => {
    const lines = Array.from({ length: 200 }, (_, core) => line('cpu:core.usage_percent', 'a', String(core)));
    const { charts, leftOut } = historyCharts(lines, { collectors: [], hosts: ['a'] });
    expect(Math.max(...charts.map(({ series }) => series.length))).toBe(8);
    expect(charts.flatMap(({ series }) => series).length + leftOut).toBe(200);
    expect(new Set(charts.map(({ key }) => key)).size).toBe(charts.length);
  });
});

describe('what is asked for', () => {
  const state: HistoryState = {
    ...readState(new URLSearchParams('host=a,b')),
    metrics: ['cpu:usage_percent', 'memory:used_bytes', 'cpu:core.usage_percent'].map(choice),
  };

  it('is one query for each collector', () => {
    const queries = queriesOf(state, { fromMs: 0, toMs: 1000 }, 500);
    expect(queries.map(({ collector, fields }) => [collector, fields])).toEqual([
      ['cpu', ['usage_percent', 'core.usage_percent']],
      ['memory', ['used_bytes']],
    ]);
  });

  it('is nothing while no host is known', () => {
    expect(queriesOf({ ...state, hosts: [] }, { fromMs: 0, toMs: 1000 }, 500)).toEqual([]);
  });

  it('is asked again as often as there is something new, within reason', () => {
    expect(refreshMs({ fromMs: 0, toMs: 6 * HOUR }, 1200)).toBe(18_000);
    expect(refreshMs({ fromMs: 0, toMs: 1000 }, 1200)).toBe(2000);
    expect(refreshMs({ fromMs: 0, toMs: 720 * HOUR }, 1200)).toBe(60_000);
  });
});

describe('what is said', () => {
  const told = (interval: string, resolution: HostHistory['resolution'] = 'raw') => ({
    history: { interval, resolution, truncated: false, count: 9 },
    sampleMs: 1000,
  });

  it('tells how coarse it is and where every sample begins', () => {
    expect(resolutionTexts([told('1m'), told('1m')], 1200)).toEqual(['1 min means of samples every 1 s; every sample below 20 min']);
    expect(resolutionTexts([told('1m'), { ...told('1m'), sampleMs: 10_000 }], 1200)).toEqual([
      '1 min means of samples every 1 s to 10 s; every sample below 20 min',
    ]);
    expect(resolutionTexts([told('raw')], 1200)).toEqual(['Every sample, one every 1 s']);
    expect(resolutionTexts([told('1h', '1m')], 1200)[0]).toMatch('1 h means of what is kept by the minute');
    expect(resolutionTexts([told('raw', '1m')], 1200)[0]).toMatch('not kept for so long');
  });

  it('gives the figures at the crosshair, or of the range', () => {
    const points: TimePoint[] = [
      [0, 1, 0, 2],
      [1000, 3, 2, 9],
      [2000, null, null, null],
      [90_000, 50, 50, 50],
    ];
    const line = { points, stepMs: 1000 };
    const range = { fromMs: 0, toMs: 10_000 };
    expect(legendFigures(line, { range, atMs: null })).toEqual({ mean: 2, min: 0, max: 9 });
    expect(legendFigures(line, { range, atMs: 1100 })).toEqual({ mean: 3, min: 2, max: 9 });
    expect(legendFigures(line, { range, atMs: 2000 })).toEqual({ mean: null, min: null, max: null });
    expect(legendFigures(line, { range, atMs: 40_000 })).toEqual({ mean: null, min: null, max: null });
  });

  it('names files safely', () => {
    expect(fileNameOf({ what: 'cpu', hosts: ['a', 'b'], fromMs: 0, ending: 'csv' })).toBe('perfwatch-cpu-a-b-19700101T000000Z.csv');
  });
});

describe('a first visit', () => {
  it('shows the host that was heard last', () => {
    const host = (name: string, seen: string | null): Host => ({
      host: name,
      first_seen: '2026-01-01T00:00:00Z',
      last_sample: seen,
      collectors: [],
      inventory: null,
    });
    expect(firstHost([host('a', null), host('b', '2026-11-25T00:00:00Z'), host('c', '2026-11-24T00:00:00Z')])).toBe('b');
    expect(firstHost([])).toBeNull();
  });

  it('shows something of a collector nobody knows', () => {
    const power = { name: 'power_watts', title: 'Power', unit: 'watts', help: null, source: null, unavailable: null } as const;
    const collectors = [
      { name: 'gpu', title: 'GPU', help: null, metrics: [power], dimensions: [], instances: new Map<string, string[]>() },
    ];
    expect(firstMetrics(collectors)).toEqual([choice('gpu:power_watts')]);
  });
});
