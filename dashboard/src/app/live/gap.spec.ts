import type { Sample } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { firstGapMs } from './gap.ts';
import { SampleMemory } from './sample-memory.ts';

const START_MS = Date.parse('2026-11-25T10:00:00.000Z');
const sampleAt = (collector: string, second: number): Sample => ({
  host: 'web-1',
  collector,
  ts: new Date(START_MS + second * 1000).toISOString(),
  interval_ms: 1000,
  metrics: { usage_percent: second },
});

function memoryOf(seconds: Readonly<Record<string, readonly number[]>>): SampleMemory {
  const memory = new SampleMemory(60_000);
  for (const [collector, of] of Object.entries(seconds)) memory.addAll(of.map((second) => sampleAt(collector, second)));
  return memory;
}

describe('firstGapMs', () => {
  it('is null where every tick is there', () => {
    expect(firstGapMs(memoryOf({ cpu: [0, 1, 2, 3, 4], disk: [0, 1, 2, 3, 4] }), START_MS)).toBeNull();
  });

  it('is the last sample before the first gap of all collectors', () => {
    const memory = memoryOf({ cpu: [0, 1, 2, 3, 9, 10], disk: [0, 1, 2, 8, 9, 10] });
    expect(firstGapMs(memory, START_MS)).toBe(START_MS + 2000);
  });

  it('leaves out what was missing before the moment it is asked for', () => {
    const memory = memoryOf({ cpu: [0, 9, 10, 11, 30, 31] });
    expect(firstGapMs(memory, START_MS + 10_000)).toBe(START_MS + 11_000);
  });

  it('is null again once the gap has been filled', () => {
    const memory = memoryOf({ cpu: [0, 1, 6, 7] });
    memory.addAll([2, 3, 4, 5].map((second) => sampleAt('cpu', second)));
    expect(firstGapMs(memory, START_MS)).toBeNull();
  });
});
