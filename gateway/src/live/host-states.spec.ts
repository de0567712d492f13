import type { HostEvent, Sample } from '@perfwatch/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HostStates } from './host-states.ts';

const sample = (change: Partial<Sample> = {}): Sample => ({
  host: 'a',
  collector: 'cpu',
  ts: '2026-11-23T19:20:31.000Z',
  metrics: {},
  ...change,
});
const inventory = (ts: string, kernel = '6.1') => ({ host: 'a', ts, kernel });

describe('HostStates', () => {
  let told: HostEvent[] = [];
  let states: HostStates;
  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    states = new HostStates((event) => told.push(event));
  });
  afterEach(() => {
    states.stop();
    vi.useRealTimers();
  });
  const settle = () => vi.advanceTimersByTime(1000);

  it('tells what changed within a moment as one', () => {
    states.observeSample(sample());
    states.observeSample(sample({ collector: 'memory', status: 'partial', reason: 'no swap' }));
    states.observeInventory(inventory('2026-11-23T19:20:31.000Z'));
    settle();
    expect(told).toEqual([
      {
        host: 'a',
        inventory: inventory('2026-11-23T19:20:31.000Z'),
        status: {
          cpu: { status: 'ok', reason: null, last_sample: '2026-11-23T19:20:31.000Z' },
          memory: { status: 'partial', reason: 'no swap', last_sample: '2026-11-23T19:20:31.000Z' },
        },
      },
    ]);
  });

  it('says nothing while nothing changes but the time', () => {
    states.observeSample(sample());
    states.observeInventory(inventory('2026-11-23T19:20:31.000Z'));
    settle();
    states.observeSample(sample({ ts: '2026-11-23T19:20:32.000Z' }));
    states.observeInventory(inventory('2026-11-23T19:21:31.000Z'));
    settle();
    expect(told).toHaveLength(1);
    states.observeInventory(inventory('2026-11-23T19:22:31.000Z', '6.2'));
    states.observeSample(sample({ ts: '2026-11-23T19:20:33.000Z', status: 'error', reason: 'broken' }));
    settle();
    expect(told).toHaveLength(2);
    expect(told[1]?.status['cpu']).toEqual({ status: 'error', reason: 'broken', last_sample: '2026-11-23T19:20:33.000Z' });
  });

  it('takes no late sample for the state of now', () => {
    states.observeSample(sample({ ts: '2026-11-23T19:20:33.000Z', status: 'error', reason: 'broken' }));
    settle();
    states.observeSample(sample({ ts: '2026-11-23T19:20:31.000Z' }));
    settle();
    expect(told).toHaveLength(1);
  });
});
