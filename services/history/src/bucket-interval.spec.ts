import { DEFAULT_POINTS, intervalToMs } from '@perfwatch/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketCount, finestStep, formatInterval } from './bucket-interval.ts';
import { parseRange, parseTime } from './time-range.ts';
import { HOUR_MS, MINUTE_MS } from './durations.ts';

const startMs = Date.parse('2026-11-23T19:20:31.500Z');

describe('the automatic step', () => {
  it.each([
    [30 * MINUTE_MS, 5000],
    [6 * HOUR_MS, MINUTE_MS],
    [24 * HOUR_MS, 5 * MINUTE_MS],
    [30 * 24 * HOUR_MS, HOUR_MS],
  ])('of %d ms is %d ms or finer', (rangeMs, coarsestMs) => {
    expect(finestStep({ startMs, endMs: startMs + rangeMs }, DEFAULT_POINTS)).toBeLessThanOrEqual(coarsestMs);
  });

  it('gives no more buckets than the limit', () => {
    const range = fc.tuple(fc.integer({ min: 0, max: 2e12 }), fc.integer({ min: 1, max: 3e9 }));
    fc.assert(
      fc.property(range, fc.integer({ min: 2, max: 10_000 }), ([start, length], limit) => {
        const asked = { startMs: start, endMs: start + length };
        expect(bucketCount(asked, finestStep(asked, limit))).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe('formatInterval', () => {
  it.each(['250ms', '5s', '90s', '1m', '1h', '1d', '7d'])('writes %s as it is read', (text) => {
    expect(formatInterval(intervalToMs(text) ?? 0)).toBe(text);
  });
});

describe('the time range', () => {
  it('is UTC without a zone, and takes different zones', () => {
    expect(parseTime('2026-11-23T19:20:31')).toBe(Date.parse('2026-11-23T19:20:31Z'));
    const range = parseRange({ start_time: '2026-11-23T19:20:31+02:00', end_time: '2026-11-23T19:20:31' }, 0);
    expect(range.endMs - range.startMs).toBe(2 * HOUR_MS);
  });

  it('is the last hour by default', () => {
    expect(parseRange({}, startMs)).toEqual({ startMs: startMs - HOUR_MS, endMs: startMs });
  });

  it('says what to do when it is empty', () => {
    const query = { start_time: '2026-11-23T19:20:31Z', end_time: '2026-11-23T19:20:31Z' };
    expect(() => parseRange(query, 0)).toThrow(/must be before end_time.*swap them/);
  });
});
