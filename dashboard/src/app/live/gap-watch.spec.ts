import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GapWatch } from './gap-watch.ts';

describe('GapWatch', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('looks until nothing is left to do', () => {
    const looked: number[] = [];
    new GapWatch().start(() => looked.push(Date.now()) === 3);
    vi.advanceTimersByTime(600_000);
    expect(looked).toHaveLength(3);
  });

  it('waits longer each time, and gives up', () => {
    const looked: number[] = [];
    const startedAtMs = Date.now();
    new GapWatch().start(() => looked.push(Date.now() - startedAtMs) === 0);
    vi.advanceTimersByTime(3_600_000);
    expect(looked.slice(0, 3)).toEqual([1500, 4500, 10_500]);
    expect(looked.at(-1)).toBeLessThan(300_000);
  });

  it('does one thing at a time', () => {
    const watch = new GapWatch();
    const [first, second] = [vi.fn(() => false), vi.fn(() => true)];
    watch.start(first);
    watch.start(second);
    vi.advanceTimersByTime(600_000);
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledOnce();
    watch.start(first);
    watch.stop();
    vi.advanceTimersByTime(600_000);
    expect(first).not.toHaveBeenCalled();
  });
});
