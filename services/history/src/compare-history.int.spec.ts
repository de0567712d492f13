import { compareReplySchema, type CompareQuery } from '@perfwatch/contract';
import type { RunningService } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { naiveStatistics, naiveSteps } from '../test/naive-comparison.ts';
import { sealSamples } from '../test/sealed-samples.ts';
import { seededNormal } from '../test/seeded-normal.ts';
import { at, BASE_MS, createPartitions, emptyTables, insertSamples, log, startHistory, type TestSample } from '../test/stored-samples.ts';
import { HOUR_MS } from './durations.ts';

const MAX_PAYLOAD_BYTES = 1_048_576;

let postgres: TestServer;
let store: Store;
let history: RunningService<'history'>['actions'];

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openStore({ url: postgres.url, log });
  await createPartitions(store);
  history = await startHistory(store);
});
afterAll(async () => {
  await store.close();
  await postgres.dispose();
});
beforeEach(() => emptyTables(store));

const compare = async (query: CompareQuery) => compareReplySchema.parse(await history.compare(query));

/** The third hour after BASE_MS against the second. */
const hours: CompareQuery = {
  start_time_1: at(2 * HOUR_MS),
  end_time_1: at(3 * HOUR_MS),
  start_time_2: at(HOUR_MS),
  end_time_2: at(2 * HOUR_MS),
};

/** A Sample every ten seconds of both hours, and of the ends of those beside them; a shift of 5 in the third. */
function twoHours(seed = 1): TestSample[] {
  const normal = seededNormal(seed);
  return Array.from({ length: 800 }, (_, index) => {
    const ms = HOUR_MS - 400_000 + index * 10_000;
    const shift = ms < 2 * HOUR_MS ? 0 : 5;
    return {
      ms,
      metrics: {
        usage_percent: 50 + shift + normal(),
        steady_count: normal(),
        core: { '0': { usage_percent: normal() }, '1': { usage_percent: null } },
      },
    };
  });
}

describe('history.compare', () => {
  it('tells what changed between two windows, with both on one axis', async () => {
    const samples = twoHours();
    await insertSamples(store, samples);
    const reply = await compare({ ...hours, metric_type: 'cpu' });
    expect(reply).toMatchObject({
      host: 'web-1',
      metric_type: 'cpu',
      window_1: { start_time: at(2 * HOUR_MS), end_time: at(3 * HOUR_MS), seconds: 3600, covered_seconds: 3600, coverage_percent: 100 },
      window_2: { start_time: at(HOUR_MS), end_time: at(2 * HOUR_MS), covered_seconds: 3600 },
      resolution: 'raw',
      step: '5s',
      comparable: true,
      note: null,
      truncated: false,
    });
    expect(reply.summary.map(({ path, verdict }) => `${path} ${verdict}`)).toEqual([
      'usage_percent higher',
      expect.stringContaining('no_clear_change'),
      expect.stringContaining('no_clear_change'),
    ]);
    const [usage] = reply.summary;
    for (const [window, startMs] of [
      [usage?.window_1, 2 * HOUR_MS],
      [usage?.window_2, HOUR_MS],
    ] as const) {
      const within = samples.filter(({ ms }) => ms >= startMs && ms < startMs + HOUR_MS);
      const steps = naiveSteps(
        within.map(({ ms, metrics }) => ({ tsMs: BASE_MS + ms, metrics })),
        5000,
      );
      for (const [name, value] of Object.entries(naiveStatistics(steps.get('usage_percent')))) {
        expect(window, name).toHaveProperty(name, expect.closeTo(value ?? NaN, 9));
      }
    }
    expect(usage?.effect?.low).toBeGreaterThan(3);
    expect(reply.series_1.map((point) => point.offset_seconds)).toEqual(reply.series_2.map((point) => point.offset_seconds));
    expect(reply.series_1.at(-1)?.offset_seconds).toBe(3590);
  });

  it('looks at every collector when none is named, and at the fields of one', async () => {
    await insertSamples(store, twoHours(1));
    await insertSamples(
      store,
      twoHours(2).map(({ ms, metrics }) => ({ ms, metrics: { used_bytes: metrics['usage_percent'] ?? null } })),
      { collector: 'memory' },
    );
    const all = await compare(hours);
    expect(all).toMatchObject({ metric_type: null, series_1: [], series_2: [] });
    expect(
      all.summary
        .slice(0, 2)
        .map(({ collector }) => collector)
        .sort(),
    ).toEqual(['cpu', 'memory']);
    expect(all.summary).toHaveLength(4);
    const fields = await compare({ ...hours, metric_type: 'cpu', fields: 'core.*' });
    expect(fields.summary.map(({ path }) => path)).toEqual(['core.usage_percent{core="0"}']);
    expect(fields.series_1[0]?.data).toEqual({ core: { '0': { usage_percent: expect.any(Number) } } });
  });

  it('compares no hour with ten minutes without saying so', async () => {
    await insertSamples(
      store,
      twoHours().filter(({ ms }) => ms < HOUR_MS + 600_000 || ms >= 2 * HOUR_MS),
    );
    expect(await compare({ ...hours, metric_type: 'cpu' })).toMatchObject({
      window_1: { coverage_percent: 100 },
      window_2: { covered_seconds: 600, coverage_percent: 16.67 },
      comparable: false,
      note: expect.stringContaining('16.7 % of window 2'),
    });
  });

  it('reads the last hour against the one before it', async () => {
    await insertSamples(store, twoHours());
    const { window_1: first, window_2: second, step } = await compare({ period: 'hour' });
    expect(Date.now() - Date.parse(first.end_time)).toBeLessThan(10_000);
    expect([first.seconds, second.seconds, step]).toEqual([3600, 3600, '5s']);
    expect(second.end_time).toBe(first.start_time);
    const week = await compare({ period: 'week', compare_to: 'yesterday' });
    expect(week).toMatchObject({ step: '1h', comparable: false, note: expect.stringContaining('6 d in common') });
  });

  it('answers for windows in which there is nothing, of all of time too', async () => {
    await insertSamples(store, twoHours());
    const empty = await compare({ ...hours, start_time_1: '2001-01-01T00:00:00Z', end_time_1: '2001-01-01T01:00:00Z', metric_type: 'cpu' });
    expect(empty).toMatchObject({ window_1: { coverage_percent: 0 }, comparable: false, series_1: [] });
    expect(empty.summary).toMatchObject([{ change: null, verdict: 'unknown' }, { verdict: 'unknown' }, { verdict: 'unknown' }]);
    const times = { start_time_1: '0000-01-01T00:00:00Z', end_time_1: '9999-12-31T00:00:00Z' };
    const always = await compare({ ...times, start_time_2: times.start_time_1, end_time_2: times.end_time_1 });
    expect(always.summary[0]).toMatchObject({ change: 0 });
  });

  it('fits one message, however many metrics there are', async () => {
    const normal = seededNormal(5);
    const core = () =>
      Object.fromEntries(
        Array.from({ length: 700 }, (_, cpu) => [
          String(cpu),
          { usage_percent: normal(), user_percent: normal(), system_percent: normal() },
        ]),
      );
    await insertSamples(
      store,
      Array.from({ length: 40 }, (_, index) => ({ ms: HOUR_MS + index * 180_000, metrics: { core: core() } })),
    );
    for (const query of [hours, { ...hours, metric_type: 'cpu' }]) {
      const reply = await compare(query);
      expect(reply.truncated).toBe(true);
      expect(reply.summary.length).toBeGreaterThan(500);
      expect(Buffer.byteLength(JSON.stringify(reply))).toBeLessThan(MAX_PAYLOAD_BYTES * 0.9);
    }
  });

  it('is coarser where there are very many metrics, but not for the few that are asked for', async () => {
    const core = Object.fromEntries(
      Array.from({ length: 800 }, (_, cpu) => [String(cpu), { usage_percent: cpu, user_percent: 1, system_percent: 1 }]),
    );
    await insertSamples(store, [{ ms: HOUR_MS, metrics: { usage_percent: 1, core } }]);
    const step = async (fields?: string) => (await compare({ ...hours, metric_type: 'cpu', fields })).step;
    expect(await step()).toBe('10s');
    expect(await step('usage_percent, core.*{core="7"}')).toBe('5s');
    expect(await step('core.user_percent')).toBe('5s');
    expect(await step('core.*')).toBe('10s');
  });

  it('is coarser too where there were very many metrics whose names have been forgotten', async () => {
    await insertSamples(store, [{ ms: HOUR_MS, metrics: { a_count: 1 } }]);
    const core = Object.fromEntries(Array.from({ length: 6000 }, (_, cpu) => [String(cpu), { usage_percent: cpu }]));
    await sealSamples(
      store,
      Array.from({ length: 720 }, (_, step) => ({
        ms: HOUR_MS + step * 5000,
        metrics: { a_count: step, ...(step === 9 ? { core } : {}) },
      })),
    );
    const reply = await compare({ ...hours, metric_type: 'cpu' });
    expect(reply).toMatchObject({ step: '30s', window_2: { coverage_percent: 100 } });
    expect(reply.summary.find(({ path }) => path === 'a_count')).toMatchObject({ window_2: { avg: expect.closeTo(359.5, 9), count: 720 } });
  }, 30_000);

  it.each<[string, CompareQuery, string]>([
    ['neither period nor times', {}, 'period'],
    ['a period with times', { ...hours, period: 'day' }, 'start_time_1'],
    ['fields of no collector', { ...hours, fields: 'usage_percent' }, 'fields'],
    ['a day that is none', { ...hours, end_time_1: '2026-02-31T00:00:00Z' }, 'end_time_1'],
    ['an unknown period', { period: 'year' as 'week' }, 'period'],
  ])('refuses %s as bad input', async (_, query, path) => {
    await insertSamples(store, twoHours());
    await expect(history.compare(query)).rejects.toMatchObject({
      code: 'bad_input',
      issues: expect.arrayContaining([{ path, message: expect.any(String) }]),
    });
  });

  it('names what there is when asked for what there is not', async () => {
    await expect(compare(hours)).rejects.toMatchObject({ code: 'not_found', message: 'No host has sent anything yet' });
    await insertSamples(store, twoHours());
    await expect(compare({ ...hours, host: 'db' })).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('web-1') });
    await expect(compare({ ...hours, metric_type: 'gpu' })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('it has cpu'),
    });
    await insertSamples(store, twoHours(), { host: 'web-2' });
    await expect(compare(hours)).rejects.toMatchObject({ code: 'bad_input', message: expect.stringContaining('web-1, web-2') });
  });
});
