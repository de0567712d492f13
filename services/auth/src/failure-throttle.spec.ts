import { PerfwatchError } from '@perfwatch/contract';
import { describe, expect, it } from 'vitest';
import { FailureThrottle } from './failure-throttle.ts';

function throttleAt(clock: { nowMs: number }, maxKeys = 100): FailureThrottle {
  return new FailureThrottle({ freeFailures: 2, maxDelayMs: 10_000, forgetAfterMs: 60_000, maxKeys, nowMs: () => clock.nowMs });
}

/** Seconds `key` has to wait; 0 when it may try. */
function waitOf(throttle: FailureThrottle, key: string): number {
  try {
    throttle.check(key);
    return 0;
  } catch (error) {
    if (error instanceof PerfwatchError && error.code === 'too_many_requests') return error.retryAfterSeconds ?? Number.NaN;
    throw error;
  }
}

describe('FailureThrottle', () => {
  it('lets the first failures pass, then doubles the delay up to its bound', () => {
    const clock = { nowMs: 0 };
    const throttle = throttleAt(clock);
    const waits: number[] = [];
    for (let failure = 0; failure < 9; failure += 1) {
      throttle.failed('a');
      waits.push(waitOf(throttle, 'a'));
      clock.nowMs += 10_000;
    }
    expect(waits).toEqual([0, 0, 1, 2, 4, 8, 10, 10, 10]);
  });

  it('lets a key try again when its delay is over, and never shuts it out for good', () => {
    const clock = { nowMs: 0 };
    const throttle = throttleAt(clock);
    for (let failure = 0; failure < 1000; failure += 1) throttle.failed('a');
    expect(waitOf(throttle, 'a')).toBe(10);
    clock.nowMs = 9_999;
    expect(waitOf(throttle, 'a')).toBe(1);
    clock.nowMs = 10_000;
    expect(waitOf(throttle, 'a')).toBe(0);
  });

  it('begins anew after a success', () => {
    const throttle = throttleAt({ nowMs: 0 });
    for (let failure = 0; failure < 3; failure += 1) throttle.failed('a');
    throttle.succeeded('a');
    expect(waitOf(throttle, 'a')).toBe(0);
    throttle.failed('a');
    expect(waitOf(throttle, 'a')).toBe(0);
  });

  it('keeps keys apart', () => {
    const throttle = throttleAt({ nowMs: 0 });
    for (let failure = 0; failure < 3; failure += 1) throttle.failed('a');
    expect(waitOf(throttle, 'b')).toBe(0);
  });

  it('forgets a key that has not failed for long', () => {
    const clock = { nowMs: 0 };
    const throttle = throttleAt(clock);
    for (let failure = 0; failure < 3; failure += 1) throttle.failed('a');
    clock.nowMs = 60_000;
    throttle.failed('b');
    expect(throttle.counters()).toEqual({ keys: 1, evictedKeys: 0 });
  });

  it('remembers no more keys than its bound, and counts those it gave up', () => {
    const throttle = throttleAt({ nowMs: 0 }, 3);
    for (const key of ['a', 'b', 'c', 'a', 'd', 'e']) throttle.failed(key);
    expect(throttle.counters()).toEqual({ keys: 3, evictedKeys: 2 });
    throttle.failed('a');
    expect(waitOf(throttle, 'a')).toBe(1);
  });
});
