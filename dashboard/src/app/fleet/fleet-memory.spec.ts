import type { Sample } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { SPARK_WIDTH, STEP_MS } from './course.ts';
import { FleetMemory } from './fleet-memory.ts';

const start = Date.parse('2026-11-23T20:00:00.000Z');
const sample = (second: number, metrics: Sample['metrics'], more: Partial<Sample> = {}): Sample => ({
  host: 'web-1',
  collector: 'cpu',
  ts: new Date(start + second * 1000).toISOString(),
  interval_ms: 1000,
  metrics,
  ...more,
});
const replay = (samples: readonly Sample[]) => {
  const memory = new FleetMemory();
  for (const each of samples) memory.add(each);
  return memory;
};
const line = (memory: FleetMemory, second: number, intervalMs = 1000) =>
  memory.paths('web-1', 'cpu', { nowMs: start + second * 1000, intervalMs }).line;
const strokes = (path: string) => path.split('M').length - 1;

describe('FleetMemory', () => {
  it('shows the newest Sample, however late an older one comes', () => {
    const memory = replay([sample(1, { usage_percent: 10 }), sample(3, { usage_percent: 30 }), sample(2, { usage_percent: 20 })]);
    expect(memory.reading('web-1', 'cpu')).toMatchObject({ value: 30, timeMs: start + 3000 });
    expect(memory.newestMs('web-1')).toBe(start + 3000);
  });

  it('tells whether a Sample changes anything that is shown', () => {
    const memory = new FleetMemory();
    expect(memory.add(sample(1, { usage_percent: 1 }))).toBe(true);
    expect(memory.add(sample(1, { a_count: 1 }, { collector: 'queue' }))).toBe(false);
  });

  it('knows nothing of a value that the Sample does not have, and why', () => {
    const memory = replay([sample(1, { ipc_ratio: null }, { collector: 'perf-events', status: 'partial', reason: 'no PMU' })]);
    expect(memory.reading('web-1', 'ipc')).toEqual({ value: null, timeMs: start + 1000, reason: 'no PMU' });
    expect(memory.reading('web-1', 'cpu')).toBeUndefined();
  });

  it('takes no value from a collector that failed', () => {
    const memory = replay([sample(1, { usage_percent: 50 }, { status: 'error', reason: 'cannot read /proc/stat' })]);
    expect(memory.reading('web-1', 'cpu')).toMatchObject({ value: null, reason: 'cannot read /proc/stat' });
  });

  it('draws the mean of each step at its place, the newest at the right', () => {
    const memory = replay([0, 1, 2, 3].map((second) => sample(second, { usage_percent: second < 2 ? 0 : second * 20 })));
    // 0 lies on the ground; 40 and 60 have the mean 50, which is halfway up.
    expect(line(memory, 3)).toBe(`M${SPARK_WIDTH - 2} 22.5h0L${SPARK_WIDTH} 12.0`);
  });

  it('breaks the line where Samples are missing, and not where a host samples rarely', () => {
    const seconds = [0, 2, 4, 20, 22];
    expect(strokes(line(replay(seconds.map((second) => sample(second, { usage_percent: 5 }))), 22))).toBe(2);
    const rare = [0, 10, 20].map((second) => sample(second, { usage_percent: 5 }, { interval_ms: 10_000 }));
    expect(strokes(line(replay(rare), 20))).toBe(1);
  });

  it('fills the past in around what has come live, without counting it twice', () => {
    const live = [sample(4, { usage_percent: 100 }), sample(5, { usage_percent: 100 })];
    const memory = replay(live);
    const before = line(memory, 5);
    const points = [0, 2, 4].map((second) => ({ host: 'web-1', key: 'cpu' as const, timeMs: start + second * 1000, value: 0 }));
    memory.addPast(points);
    expect(line(memory, 5)).toMatch(/L\d+ 1\.5$/);
    expect(line(memory, 5).length).toBeGreaterThan(before.length);
    expect(memory.reading('web-1', 'cpu')).toMatchObject({ value: 100 });
  });

  it('shows the newest of the past until a Sample comes', () => {
    const memory = new FleetMemory();
    memory.addPast([{ host: 'web-1', key: 'cpu', timeMs: start, value: 7 }]);
    expect(memory.reading('web-1', 'cpu')).toMatchObject({ value: 7 });
    memory.add(sample(2, { usage_percent: 8 }));
    expect(memory.reading('web-1', 'cpu')).toMatchObject({ value: 8 });
  });

  it('forgets what is older than two minutes', () => {
    const memory = replay([sample(0, { usage_percent: 50 })]);
    expect(line(memory, 118)).not.toBe('');
    expect(line(memory, 140)).toBe('');
  });

  it('draws by the clock of the server where that of the host is far ahead', () => {
    const memory = replay([sample(0, { usage_percent: 50 }), sample(600, { usage_percent: 50 }, { collector: 'memory' })]);
    expect(line(memory, STEP_MS / 1000)).not.toBe('');
  });

  it('keeps the hosts that were looked at last, 500 at most', () => {
    const memory = replay([sample(0, { usage_percent: 1 })]);
    memory.add(sample(0, { usage_percent: 1 }, { host: 'other' }));
    memory.touch(['web-1']);
    for (let index = 0; index < 499; index++) memory.add(sample(0, { usage_percent: 1 }, { host: `h${index}` }));
    expect(memory.reading('web-1', 'cpu')).toBeDefined();
    expect(memory.reading('other', 'cpu')).toBeUndefined();
  });
});
