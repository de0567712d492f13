import { describe, expect, it } from 'vitest';
import { QueryGate } from './query-gate.ts';

describe('QueryGate', () => {
  it('runs a few at a time, the others in turn, and refuses those who would wait too long', async () => {
    const gate = new QueryGate({ running: 2, waiting: 2 });
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const enter = (n: number) =>
      gate.run(async () => {
        begun.push(n);
        await new Promise<void>((resolve) => ends.push(resolve));
        return n;
      });
    const first = [1, 2, 3, 4].map(enter);
    await expect(enter(5)).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 2 });
    expect(begun).toEqual([1, 2]);
    ends.shift()?.();
    await first[0];
    expect(begun).toEqual([1, 2, 3]);
    while (begun.length < 4 || ends.length > 0) {
      ends.shift()?.();
      await Promise.resolve();
    }
    expect(await Promise.all(first)).toEqual([1, 2, 3, 4]);
  });

  it('frees the place of what failed', async () => {
    const gate = new QueryGate({ running: 1, waiting: 1 });
    await expect(gate.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.run(() => Promise.resolve('next'))).toBe('next');
  });
});
