import { describe, expect, it } from 'vitest';
import { acceptedFromMs, FUTURE_ACCEPTED_MS, MAX_RETENTION_DAYS, rawKeptFromMs, timeFault } from './index.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 23, 19, 20, 31);
const LONGEST_MS = MAX_RETENTION_DAYS * DAY_MS;
const at = (ms: number): string => new Date(ms).toISOString();

describe('timeFault', () => {
  it.each([0, -8 * DAY_MS, -LONGEST_MS, FUTURE_ACCEPTED_MS])('takes what is %d ms away', (offsetMs) => {
    expect(timeFault(at(NOW_MS + offsetMs), NOW_MS)).toBeNull();
  });

  it('refuses what is older than anything is ever kept', () => {
    expect(timeFault(at(NOW_MS - LONGEST_MS - 1), NOW_MS)).toMatch(/more than 3650 days ago.*set that machine's clock/);
    expect(timeFault('1970-01-01T00:00:00Z', NOW_MS)).toMatch(/set that machine's clock/);
  });

  it('refuses what is further ahead than a clock may be wrong', () => {
    expect(timeFault('2036-01-01T00:00:00Z', NOW_MS)).toMatch(/more than 1 h in the future: set that machine's clock/);
  });
});

describe('rawKeptFromMs', () => {
  it('is the start of a UTC day, so that no day is kept in part', () => {
    expect(at(rawKeptFromMs(7, NOW_MS))).toBe('2026-11-16T00:00:00.000Z');
    expect(at(rawKeptFromMs(1, Date.UTC(2026, 10, 23)))).toBe('2026-11-22T00:00:00.000Z');
    expect(at(rawKeptFromMs(1, Date.UTC(2026, 10, 23) - 1))).toBe('2026-11-21T00:00:00.000Z');
  });
});

describe('acceptedFromMs', () => {
  it('is what is kept raw, but never later than a backlog may begin', () => {
    expect(at(acceptedFromMs(30, NOW_MS))).toBe('2026-10-24T00:00:00.000Z');
    expect(at(acceptedFromMs(1, NOW_MS))).toBe('2026-11-16T00:00:00.000Z');
  });
});
