import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawHistory, storedRuns } from './history.ts';
import { startSystem, type RunningSystem } from './running-system.ts';

const ENV = { PERFWATCH_INTERVAL_MS: '500' };
const BACK_DEADLINE_MS = 60_000;

let first: RunningSystem;
let system: RunningSystem;
const began = new Date();

beforeAll(async () => {
  first = system = await startSystem({ env: ENV });
});

afterAll(async () => {
  await system.stop();
  first.remove();
});

/** Waits until the API says that everything is up and new Samples are stored. */
async function untilRecovered(): Promise<void> {
  const deadlineMs = performance.now() + BACK_DEADLINE_MS;
  const since = new Date();
  for (;;) {
    try {
      const response = await fetch(`${system.url}/health/ready`);
      if (response.ok && (await rawHistory(system, { collector: 'cpu', since })).length >= 2) return;
    } catch {
      // The gateway is away: that is what this waits for to end.
    }
    if (performance.now() > deadlineMs) throw new Error(`not back in time:\n${system.output()}`);
    await delay(250);
  }
}

describe('a kill -9 in the middle', () => {
  it.each(['server', 'postgres', 'nats-server'] as const)('of %s loses no Sample', async (name) => {
    await untilRecovered();
    const since = new Date();
    await delay(2000);
    const pid = system.pidOf(name);
    process.kill(pid, 'SIGKILL');
    await delay(2000);
    await untilRecovered();
    const runs = await storedRuns(system, { collector: 'cpu', since });
    expect(runs).toMatchObject([{ lost: 0 }]);
    expect(runs[0]?.count).toBeGreaterThan(5);
    expect(system.pidOf(name)).not.toBe(pid);
  });

  it('of the collectors costs no more than the seconds they were away', async () => {
    await untilRecovered();
    const since = new Date();
    await delay(2000);
    process.kill(system.pidOf('collectors'), 'SIGKILL');
    await delay(1000);
    await untilRecovered();
    const [before, after, ...more] = await storedRuns(system, { collector: 'memory', since });
    expect(more).toEqual([]);
    expect([before?.lost, after?.lost]).toEqual([0, 0]);
    expect(Number(after?.first) - Number(before?.last)).toBeLessThan(20_000);
  });

  it('of the launcher leaves nothing that keeps the next start from working', async () => {
    await untilRecovered();
    await system.killLauncher();
    system = await startSystem({ dataDir: system.dataDir, env: ENV });
    await untilRecovered();
    const runs = await storedRuns(system, { collector: 'cpu', since: began });
    expect(runs).toHaveLength(3);
    expect(runs.map(({ lost }) => lost)).toEqual([0, 0, 0]);
  });
});

describe('a stop and a start', () => {
  it('leave a hole for the time when nothing ran, and none else', async () => {
    await untilRecovered();
    const since = new Date();
    await delay(2000);
    const stoppingAt = Date.now();
    expect(await system.stop()).toBe(0);
    system = await startSystem({ dataDir: system.dataDir, env: ENV });
    const startedAt = Date.now();
    await untilRecovered();
    const runs = await storedRuns(system, { collector: 'cpu', since });
    expect(runs).toMatchObject([{ lost: 0 }, { lost: 0 }]);
    expect(Number(runs[0]?.last)).toBeGreaterThan(stoppingAt - 2000);
    expect(Number(runs[1]?.first)).toBeLessThan(startedAt + 2000);
  });
});
