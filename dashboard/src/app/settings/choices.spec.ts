import { describe, expect, it } from 'vitest';
import { collectorSwitches, intervalChoices } from './choices.ts';

describe('intervalChoices', () => {
  it('offers the interval in use even when it is an odd one', () => {
    expect(intervalChoices(750).map(({ label }) => label)).toContain('750 ms');
    expect(intervalChoices(1000)).toHaveLength(9);
  });
});

describe('collectorSwitches', () => {
  const config = {
    interval_ms: 1000,
    collectors: { gpu: { enabled: false } },
    perf_events: { cpus: 'all', groups: ['core' as const], per_core: true },
    hosts: {},
    updated_at: null,
  };
  const entry = {
    host: 'a',
    collector: 'cpu',
    ts: '2026-11-23T19:20:31.000Z',
    title: 'CPU',
    metrics: {},
    instances: {},
    status: 'ok',
    reason: null,
  } as const;

  it('lists what hosts have and what settings name, once; on unless switched off', () => {
    expect(collectorSwitches([entry, { ...entry, host: 'b' }], config)).toEqual([
      { collector: 'cpu', title: 'CPU', isEnabled: true },
      { collector: 'gpu', title: 'Gpu', isEnabled: false },
    ]);
  });

  it('lists nothing before the settings are known', () => {
    expect(collectorSwitches([entry], null)).toEqual([]);
  });
});
