import { describe, expect, it } from 'vitest';
import { FUTURE_ACCEPTED_MS, RAW_KEPT_MS, timeFault } from './index.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 19, 20, 31);
const at = (ms: number): string => new Date(ms).toISOString();

describe('timeFault', () => {
  it.each([0, -RAW_KEPT_MS, FUTURE_ACCEPTED_MS])('takes what is %d ms away', (offsetMs) => {
    expect(timeFault(at(NOW_MS + offsetMs), NOW_MS)).toBeNull();
  });

  it('refuses what is older than raw is kept', () => {
    expect(timeFault(at(NOW_MS - RAW_KEPT_MS - 1), NOW_MS)).toMatch(/older than the 7 days/);
  });

  it('refuses what is further ahead than a clock may be wrong', () => {
    expect(timeFault('2036-01-01T00:00:00Z', NOW_MS)).toMatch(/more than 1 h in the future: set that machine's clock/);
  });
});
