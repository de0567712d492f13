import type { Metrics, Sample } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { UnusualMetrics } from './unusual-metrics.ts';

const sampleOf = (metrics: Metrics): Sample => ({ host: 'web-1', collector: 'cpu', ts: '2026-11-25T10:00:00.000Z', metrics });

describe('what is unusual', () => {
  /** A metric that varies, one that stands still, one of a part. */
  const usual = (tick: number): Metrics => ({
    usage_percent: 10 + (tick % 3),
    load_1m: 2,
    core: { '0': { usage_percent: 5 + (tick % 2) } },
  });
  const learnt = (ticks: number) => {
    const unusual = new UnusualMetrics();
    for (let tick = 0; tick < ticks; tick++) unusual.take(sampleOf(usual(tick)));
    return unusual;
  };

  it('is nothing while all is as it was', () => {
    expect(learnt(100).clearest(5)).toEqual([]);
  });

  it('is what left its own measure, the clearest first, with what it was before', () => {
    const unusual = learnt(60);
    unusual.take(sampleOf({ usage_percent: 20, load_1m: 2, core: { '0': { usage_percent: 99 } } }));
    const [first, second, ...more] = unusual.clearest(5);
    expect(first).toMatchObject({ collector: 'cpu', path: 'core.usage_percent{core="0"}', metric: 'usage_percent', value: 99 });
    expect(first?.mean).toBeCloseTo(5.5, 0);
    expect(second).toMatchObject({ path: 'usage_percent', value: 20 });
    expect(more).toEqual([]);
    expect(unusual.clearest(1)).toHaveLength(1);
  });

  it('is over once it has lasted', () => {
    const unusual = learnt(60);
    for (let tick = 0; tick < 200; tick++) unusual.take(sampleOf({ usage_percent: 50 + (tick % 3) }));
    expect(unusual.clearest(5)).toEqual([]);
  });

  it('is not told before a metric is known, and a null is none', () => {
    const unusual = learnt(10);
    unusual.take(sampleOf({ usage_percent: 99, load_1m: null }));
    expect(unusual.clearest(5)).toEqual([]);
  });
});
