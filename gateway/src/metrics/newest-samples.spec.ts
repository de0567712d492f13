import type { Sample } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { NewestSamples } from './newest-samples.ts';

const START_MS = Date.parse('2026-11-25T10:00:00.000Z');

function machine(maxRemembered?: number) {
  const clock = { now: 0, wall: START_MS };
  const newest = new NewestSamples({ nowMs: () => clock.now, wallMs: () => clock.wall }, maxRemembered);
  const pass = (ms: number) => {
    clock.now += ms;
    clock.wall += ms;
  };
  const sample = (host: string, value: number, more: Partial<Sample> = {}): Sample => ({
    ...{ host, collector: 'cpu', ts: new Date(clock.wall).toISOString(), interval_ms: 1000, metrics: { load_1m: value } },
    ...more,
  });
  const values = () => newest.current().map(({ host, metrics }) => [host, metrics['load_1m']]);
  return { newest, pass, sample, values };
}

describe('the newest Samples', () => {
  it('are the last of every collector of every host, in order of their names', () => {
    const { newest, pass, sample, values } = machine();
    newest.take(sample('web-2', 1));
    newest.take(sample('web-1', 2));
    pass(1000);
    newest.take(sample('web-2', 3));
    expect(values()).toEqual([
      ['web-1', 2],
      ['web-2', 3],
    ]);
    expect(newest.received).toBe(3);
  });

  it('are no news after three intervals, and never before fifteen seconds', () => {
    const { newest, pass, sample, values } = machine();
    newest.take(sample('second', 1));
    newest.take(sample('minute', 2, { interval_ms: 60_000 }));
    newest.take(sample('unsaid', 3, { interval_ms: undefined }));
    newest.take(sample('day', 4, { interval_ms: 86_400_000 }));
    pass(15_000);
    expect(values()).toHaveLength(4);
    pass(1);
    expect(values()).toEqual([
      ['day', 4],
      ['minute', 2],
    ]);
    pass(165_000);
    expect(values()).toEqual([['day', 4]]);
    pass(120_000);
    expect(values()).toEqual([]);
  });

  it('are not what comes late out of a backlog', () => {
    const { newest, sample, values } = machine();
    newest.take(sample('web-1', 1));
    newest.take(sample('web-1', 2, { ts: '2026-11-25T09:59:00.000Z' }));
    newest.take(sample('web-2', 3, { ts: '2026-11-25T09:54:59.000Z' }));
    expect(values()).toEqual([['web-1', 1]]);
  });

  it('follow a clock that was set back once the time before is old', () => {
    const { newest, pass, sample, values } = machine();
    newest.take(sample('web-1', 1, { ts: '2026-11-25T10:03:00.000Z' }));
    pass(1000);
    newest.take(sample('web-1', 2));
    expect(values()).toEqual([['web-1', 1]]);
    pass(15_000);
    newest.take(sample('web-1', 3));
    expect(values()).toEqual([['web-1', 3]]);
  });

  it('are bounded: what there is no room for is counted, and old ones make room', () => {
    const { newest, pass, sample, values } = machine(2);
    for (const host of ['a', 'b', 'c']) newest.take(sample(host, 1));
    expect(values()).toHaveLength(2);
    expect(newest.dropped).toBe(1);
    pass(16_000);
    newest.take(sample('c', 2));
    expect(values()).toEqual([['c', 2]]);
    expect(newest.dropped).toBe(1);
  });
});
