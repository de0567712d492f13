import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ProcessReporter } from './process-state.ts';

const counters = { queuedSamples: 3, droppedSamples: 2, invalidMessages: 1, droppedSamplesByCollector: {} };
const reporter = (store: { connected: boolean; reason: string | null } | null = null) =>
  new ProcessReporter({
    name: 'auth+settings',
    host: 'web-1',
    bus: { counters: () => counters },
    store: () => (store === null ? null : { state: () => store }),
  });

describe('the state of a process', () => {
  it('says who it is, since when, and what its queue holds', () => {
    expect(reporter().state()).toMatchObject({
      name: 'auth+settings',
      host: 'web-1',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      nodeVersion: process.versions.node,
      queuedSamples: 3,
      droppedSamples: 2,
      invalidMessages: 1,
      database: null,
    });
    expect(Math.abs(reporter().state().startedAtMs - (Date.now() - performance.now()))).toBeLessThan(1000);
    expect(reporter().state().rssBytes).toBeGreaterThan(1_000_000);
  });

  it('tells the database of a process that uses it', () => {
    expect(reporter({ connected: false, reason: 'refused' }).state().database).toEqual({ up: false, reason: 'refused' });
  });

  it('measures CPU over the time since it was asked, and not over less than a second', async () => {
    const own = reporter();
    expect(own.state().cpuPercent).toBeNull();
    const endMs = performance.now() + 700;
    while (performance.now() < endMs);
    await delay(400);
    const busy = own.state().cpuPercent;
    expect(busy).toBeGreaterThan(10);
    expect(busy).toBeLessThan(400);
    expect(own.state().cpuPercent).toBe(busy);
  });
});
