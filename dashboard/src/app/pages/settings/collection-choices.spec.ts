import type { CatalogEntry } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { collectorSwitches, heedsSwitch, intervalChoices, ownSettings, runCollectors } from './collection-choices.ts';

const config = {
  interval_ms: 1000,
  collectors: { gpu: { enabled: false } },
  perf_events: { cpus: 'all', groups: ['core' as const], per_core: true },
  hosts: {},
  updated_at: null,
};
const entry: CatalogEntry = {
  host: 'a',
  collector: 'cpu',
  ts: '2026-11-23T19:20:31.000Z',
  title: 'CPU',
  help: 'What the processors do',
  metrics: {},
  dimensions: {},
  instances: {},
  status: 'ok',
  reason: null,
};

describe('intervalChoices', () => {
  it('offers the interval in use even when it is an odd one', () => {
    expect(intervalChoices(750).map(({ label }) => label)).toContain('750 ms');
    expect(intervalChoices(1000)).toHaveLength(9);
  });
});

describe('heedsSwitch', () => {
  const up = { up: true, reason: null };
  const run = runCollectors({ dependencies: { nats: up, 'collector-cpu': up, 'collector-memory-bandwidth': up } });

  it('is so of what PerfWatch runs and of what the settings name', () => {
    expect([...run]).toEqual(['cpu', 'memory-bandwidth']);
    expect(['cpu', 'memory-bandwidth', 'gpu'].every((name) => heedsSwitch(name, run, config))).toBe(true);
  });

  it("is not so of someone's own collector, which nobody here can stop", () => {
    expect(heedsSwitch('logins', run, config)).toBe(false);
  });

  it('is not denied where PerfWatch runs no collector itself', () => {
    expect(heedsSwitch('logins', new Set(), config)).toBe(true);
  });
});

describe('collectorSwitches', () => {
  it('lists what hosts have and what settings name, once; on unless switched off', () => {
    const broken = { ...entry, host: 'b', status: 'error', reason: 'no such file' } as const;
    expect(collectorSwitches([entry, broken], config)).toEqual([
      {
        collector: 'cpu',
        title: 'CPU',
        help: 'What the processors do',
        isEnabled: true,
        hosts: [
          { host: 'b', status: 'error', reason: 'no such file' },
          { host: 'a', status: 'ok', reason: null },
        ],
      },
      { collector: 'gpu', title: 'Gpu', help: '', isEnabled: false, hosts: [] },
    ]);
  });
});

describe('ownSettings', () => {
  it('says what each host has of its own, and nothing of what it shares', () => {
    const hosts = {
      web: { interval_ms: 200 },
      db: { collectors: { cpu: { enabled: false } }, perf_events: { cpus: '0-3', per_core: false } },
    };
    expect(ownSettings({ ...config, hosts })).toEqual([
      { host: 'db', interval: null, collectors: 'cpu off', perfEvents: 'CPUs 0-3 · not per CPU' },
      { host: 'web', interval: '200 ms', collectors: null, perfEvents: null },
    ]);
  });
});
