import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RunningService } from '@perfwatch/service-kit';
import { openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealSamples } from '../test/sealed-samples.ts';
import { at, createPartitions, insertSamples, log, startHistory, type TestSample } from '../test/stored-samples.ts';
import { pagesOf } from '../test/whole-replies.ts';
import { HOUR_MS } from './durations.ts';

/** A hundred slices, so that a busy machine does not fail it; queries that never let go hold it for several seconds together. */
const MOST_DELAY_MS = 1000;
/** Several times what some thirty statements take beside queries that leave connections and the processor alone. */
const SLOWEST_INSERT_MS = 1500;
const USERS = 100;

let postgres: TestServer;
let store: Store;
let history: RunningService<'history'>['actions'];

/** A machine with many cores, so that one query is a lot of work. */
const metrics = {
  core: Object.fromEntries(Array.from({ length: 20 }, (_, core) => [String(core), { usage_percent: core / 3, user_percent: core / 7 }])),
};
const everySecondOf = (hour: number): TestSample[] =>
  Array.from({ length: 3600 }, (_, second) => ({ ms: hour * HOUR_MS + second * 1000, metrics }));

beforeAll(async () => {
  postgres = await startTestPostgres();
  store = await openStore({ url: postgres.url, log });
  await createPartitions(store);
  await insertSamples(store, everySecondOf(1));
  await sealSamples(store, everySecondOf(0));
  history = await startHistory(store);
});
afterAll(async () => {
  await store.close();
  await postgres.dispose();
});

describe('a hundred impatient users', () => {
  it('neither hold the event loop nor keep Samples from being stored', async () => {
    const query = { metric_type: 'cpu', start_time: at(0), end_time: at(2 * HOUR_MS), interval: '5s', limit: 10_000 };
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const load = { isOver: false };
    const users = Promise.allSettled(Array.from({ length: USERS }, () => pagesOf((cursor) => history.query({ ...query, cursor }))));
    void users.finally(() => (load.isOver = true));
    const insertMs: number[] = [];
    while (!load.isOver) {
      const startMs = performance.now();
      await insertSamples(store, [{ ms: 3 * HOUR_MS + insertMs.length, metrics }], { collector: 'meanwhile' });
      insertMs.push(performance.now() - startMs);
    }
    delay.disable();
    const outcomes = await users;
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'unavailable' });
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length, 'users who had their answer').toBeGreaterThan(USERS / 2);
    expect(delay.max / 1e6).toBeLessThan(MOST_DELAY_MS);
    expect(Math.max(...insertMs), 'the slowest of the Samples stored meanwhile').toBeLessThan(SLOWEST_INSERT_MS);
    expect(insertMs.length, 'Samples stored meanwhile').toBeGreaterThan(3);
  }, 60_000);
});
