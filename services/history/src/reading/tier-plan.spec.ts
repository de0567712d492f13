import { describe, expect, it } from 'vitest';
import { planHour, type HourKept } from './tier-plan.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const ALL: HourKept = { isHot: false, raw: true, minutes: true, hours: true };
const FAR = { startMs: -HOUR, endMs: 2 * HOUR };

const plan = (stepMs: number | null, kept: Partial<HourKept> = {}, range = FAR) =>
  planHour(0, { range, stepMs, kept: { ...ALL, ...kept } }).map(({ tier, startMs, endMs }) => [tier, startMs, endMs]);

describe('where an hour is read', () => {
  it('is the coarsest tier of which the step is a multiple', () => {
    expect(plan(2 * HOUR)).toEqual([['1h', 0, HOUR]]);
    expect(plan(5 * MINUTE)).toEqual([['1m', 0, HOUR]]);
    expect(plan(7 * SECOND)).toEqual([['raw', 0, HOUR]]);
    expect(plan(90 * SECOND)).toEqual([['raw', 0, HOUR]]);
    expect(plan(null)).toEqual([['raw', 0, HOUR]]);
    expect(plan(HOUR, { hours: false })).toEqual([['1m', 0, HOUR]]);
  });

  it('is raw for parts of minutes at the edges of the range', () => {
    const range = { startMs: 90 * SECOND, endMs: 10 * MINUTE + 1 };
    expect(plan(HOUR, {}, range)).toEqual([
      ['raw', 90 * SECOND, 2 * MINUTE],
      ['1m', 2 * MINUTE, 10 * MINUTE],
      ['raw', 10 * MINUTE, 10 * MINUTE + 1],
    ]);
    expect(plan(MINUTE, {}, { startMs: 1, endMs: MINUTE })).toEqual([['raw', 1, MINUTE]]);
  });

  it('is a roll-up where raw Samples are gone, of buckets that begin within the range', () => {
    const range = { startMs: 90 * SECOND, endMs: 10 * MINUTE + 1 };
    expect(plan(HOUR, { raw: false }, range)).toEqual([['1m', 90 * SECOND, 10 * MINUTE + 1]]);
    expect(plan(null, { raw: false })).toEqual([['1m', 0, HOUR]]);
    expect(plan(SECOND, { raw: false, minutes: false })).toEqual([['1h', 0, HOUR]]);
    expect(plan(SECOND, { raw: false, minutes: false, hours: false })).toEqual([]);
  });

  it('is raw while there are hot rows, unless the raw segment they belong to is gone', () => {
    expect(plan(HOUR, { isHot: true })).toEqual([['raw', 0, HOUR]]);
    expect(plan(HOUR, { isHot: true, raw: false, minutes: false, hours: false })).toEqual([['raw', 0, HOUR]]);
    expect(plan(HOUR, { isHot: true, raw: false })).toEqual([['1h', 0, HOUR]]);
  });
});
