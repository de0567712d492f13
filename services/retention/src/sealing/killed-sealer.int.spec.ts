import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@perfwatch/service-kit';
import { listPartitions, openStore, type Store } from '@perfwatch/store';
import { startTestPostgres, type TestServer } from '@perfwatch/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { naiveRollUps } from '../../test/naive-roll-ups.ts';
import { keyOf, readEverything, readRollUps, storeSamples, type TestSample } from '../../test/test-samples.ts';
import { HOUR_MS } from '../series.ts';
import { Sealer } from './sealer.ts';

const PROGRAM = join(import.meta.dirname, '../../test/sealing-process.ts');
const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const BASE_MS = Date.UTC(2026, 10, 20, 10);
const NOW_MS = BASE_MS + 4 * HOUR_MS;
const KILLS = 4;

describe('a process that seals', () => {
  let postgres: TestServer;
  let store: Store;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    postgres = await startTestPostgres();
    store = await openStore({ url: postgres.url, log });
  });
  afterEach(() => children.forEach((child) => child.kill('SIGKILL')));
  afterAll(async () => {
    await store.close();
    await postgres.dispose();
  });

  const startSealing = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [PROGRAM, postgres.url, String(NOW_MS)], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  };
  const kill = async (child: ChildProcess) => {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  /** A tick of two collectors. */
  const tick = (tsMs: number): TestSample[] =>
    ['cpu', 'memory'].map((collector, index) => {
      return { host: 'web-1', collector, tsMs, metrics: { usage_percent: (tsMs / 1000) % 97, core: { '0': { usage_percent: index } } } };
    });

  it('loses nothing and doubles nothing, however often it is killed while Samples of three hours arrive in any order, some twice', async () => {
    const expected = new Map<string, TestSample>();
    const arriving = { isOver: false };
    const arrive = async () => {
      while (!arriving.isOver) {
        const start = BASE_MS + Math.floor(Math.random() * 3 * 3500) * 1000;
        const samples = Array.from({ length: 100 }, (_, second) => tick(start + second * 1000)).flat();
        await storeSamples(store, samples);
        for (const sample of samples) expected.set(keyOf(sample, sample.tsMs), sample);
        await sleep(5);
      }
    };
    const arrival = arrive();
    for (let killed = 0; killed < KILLS; killed += 1) {
      const replicas = await Promise.all([startSealing(), startSealing()]);
      await sleep(50 + Math.random() * 400);
      await Promise.all(replicas.map(kill));
    }
    arriving.isOver = true;
    await arrival;
    const delays = { settleMs: 0, lateMs: 0, dropMs: 0 };
    const last = new Sealer({ store, log, delays, signal: new AbortController().signal });
    await expect.poll(() => last.round({ nowMs: NOW_MS }).then(() => listPartitions(store)), { timeout: 10_000 }).toEqual(new Set());
    const samples = [...expected.values()];
    expect(await readEverything(store)).toEqual(new Map(samples.map((sample) => [keyOf(sample, sample.tsMs), sample.metrics])));
    expect(await readRollUps(store)).toEqual(naiveRollUps(samples));
    expect(samples.length).toBeGreaterThan(2000);
  });
});
