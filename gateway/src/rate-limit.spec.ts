import { describe, expect, it } from 'vitest';
import { RateLimit } from './rate-limit.ts';

function limitAt(clock: { nowMs: number }, maxKeys = 100): RateLimit {
  return new RateLimit({ max: 3, windowMs: 10_000, maxKeys, nowMs: () => clock.nowMs });
}

describe('RateLimit', () => {
  it('lets so many through in a window and says how long the rest has to wait', () => {
    const clock = { nowMs: 0 };
    const limit = limitAt(clock);
    const waits = Array.from({ length: 5 }, () => {
      clock.nowMs += 1000;
      return limit.take('a');
    });
    expect(waits).toEqual([0, 0, 0, 7, 6]);
    clock.nowMs = 11_000;
    expect(limit.take('a')).toBe(0);
  });

  it('looks without counting', () => {
    const limit = limitAt({ nowMs: 0 });
    for (let look = 0; look < 10; look += 1) expect(limit.wait('a')).toBe(0);
    for (let take = 0; take < 3; take += 1) limit.take('a');
    expect(limit.wait('a')).toBe(10);
  });

  it('keeps keys apart', () => {
    const limit = limitAt({ nowMs: 0 });
    for (let take = 0; take < 9; take += 1) limit.take('a');
    expect(limit.take('b')).toBe(0);
  });

  it('remembers no more keys than its bound, the newest windows', () => {
    const clock = { nowMs: 0 };
    const limit = limitAt(clock, 2);
    for (let take = 0; take < 9; take += 1) limit.take('a');
    limit.take('b');
    clock.nowMs = 11_000;
    for (let take = 0; take < 9; take += 1) limit.take('a');
    limit.take('c');
    expect(limit.keys).toBe(2);
    expect(limit.wait('a')).toBe(10);
  });
});
