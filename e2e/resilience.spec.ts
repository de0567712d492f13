import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holes, rawHistory } from './history.ts';
import { startSystem, type RunningSystem } from './running-system.ts';

const INTERVAL_MS = 500;
const ENV = { PERFWATCH_INTERVAL_MS: String(INTERVAL_MS) };
const BACK_DEADLINE_MS = 45_000;

let system: RunningSystem;
const began = new Date();

beforeAll(async () => {
  system = await startSystem({ env: ENV });
});

afterAll(async () => {
  await system.stop();
  system.remove();
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
  it.each(['server', 'postgres', 'nats-server'] as const)('of %s loses no tick', async (name) => {
    await untilRecovered();
    await delay(2000);
    const since = new Date(Date.now() - 2000);
    const pid = system.pidOf(name);
    process.kill(pid, 'SIGKILL');
    await delay(2000);
    await untilRecovered();
    await delay(1500);
    const points = await rawHistory(system, { collector: 'cpu', since });
    expect(holes(points, INTERVAL_MS)).toEqual([]);
    expect(points.length).toBeGreaterThan(8);
    expect(system.pidOf(name)).not.toBe(pid);
  });

  it('of the collectors costs no more than the seconds they were away', async () => {
    await untilRecovered();
    const since = new Date(Date.now() - 2000);
    process.kill(system.pidOf('collectors'), 'SIGKILL');
    await untilRecovered();
    const found = holes(await rawHistory(system, { collector: 'memory', since }), INTERVAL_MS);
    expect(found.length).toBeLessThanOrEqual(1);
    expect(found[0]?.missing ?? 0).toBeLessThan(20);
  });

  it('of the launcher leaves nothing that keeps the next start from working', async () => {
    await system.killLauncher();
    system = await startSystem({ dataDir: system.dataDir, env: ENV });
    await untilRecovered();
    const points = await rawHistory(system, { collector: 'cpu', since: began });
    expect(points.length).toBeGreaterThan(20);
  });
});

describe('a stop and a start', () => {
  it('leave a hole for the time when nothing ran, and none else', async () => {
    await untilRecovered();
    await delay(2000);
    const since = new Date(Date.now() - 2000);
    expect(await system.stop()).toBe(0);
    const stoppedAt = Date.now();
    system = await startSystem({ dataDir: system.dataDir, env: ENV });
    const startedAt = Date.now();
    await untilRecovered();
    await delay(1000);
    const found = holes(await rawHistory(system, { collector: 'cpu', since }), INTERVAL_MS);
    expect(found).toHaveLength(1);
    expect(Date.parse(found[0]?.to ?? '')).toBeLessThan(startedAt + 5000);
    expect(Date.parse(found[0]?.from ?? '')).toBeGreaterThan(stoppedAt - 12_000);
  });
});
