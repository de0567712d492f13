import { PerfwatchError, type Sample } from '@perfwatch/contract';
import { createLogger, type ServiceContext } from '@perfwatch/service-kit';
import { describe, expect, it } from 'vitest';
import { Backfill, newestWithin } from './backfill.ts';

const log = createLogger({ level: 'fatal', name: 'test', pretty: false });
const sample = (seq: number): Sample => ({
  host: 'a',
  collector: 'cpu',
  ts: new Date(seq * 1000).toISOString(),
  seq,
  metrics: { load_1m: 1 },
});
const samples = Array.from({ length: 10 }, (_, seq) => sample(seq));

describe('newestWithin', () => {
  it('leaves out the oldest', () => {
    const bytes = JSON.stringify(sample(9)).length;
    expect(newestWithin(samples, bytes * 3).map(({ seq }) => seq)).toEqual([7, 8, 9]);
    expect(newestWithin(samples, bytes * 100)).toEqual(samples);
    expect(newestWithin(samples, 1)).toEqual([]);
    expect(newestWithin([], 1)).toEqual([]);
  });
});

describe('Backfill', () => {
  const backfillWith = (answer: () => Promise<Sample[]>) => {
    const call = (() => answer()) as ServiceContext['call'];
    return new Backfill({ call, log, settleMs: 0 });
  };

  it('asks for nothing when nothing is wanted', async () => {
    const backfill = backfillWith(() => Promise.reject(new Error('asked')));
    await expect(backfill.recent({})).resolves.toEqual([]);
    await expect(backfill.recent({ backfill_seconds: 0 })).resolves.toEqual([]);
    await expect(backfill.recent({ backfill_seconds: 60, hosts: [] })).resolves.toEqual([]);
  });

  it('is empty while history is away, and comes back', async () => {
    let isAway = true;
    const backfill = backfillWith(() =>
      isAway ? Promise.reject(new PerfwatchError('unavailable', 'history is away')) : Promise.resolve(samples),
    );
    await expect(backfill.recent({ backfill_seconds: 60 })).resolves.toEqual([]);
    isAway = false;
    await expect(backfill.recent({ backfill_seconds: 60 })).resolves.toEqual(samples);
  });

  it('reads for a few at a time, and for everyone in the end', async () => {
    let running = 0;
    let most = 0;
    const backfill = backfillWith(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return samples;
    });
    const all = await Promise.all(Array.from({ length: 20 }, () => backfill.recent({ backfill_seconds: 60 })));
    expect(all.every((one) => one.length === samples.length)).toBe(true);
    expect(most).toBe(2);
  });
});
