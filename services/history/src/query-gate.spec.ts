import { setTimeout as sleep } from 'node:timers/promises';
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

  it('ends the wait of those whose time is over, and tells those inside', async () => {
    const gate = new QueryGate({ running: 1, waiting: 5, deadlineMs: 20 });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const inside = gate.run(async (deadline) => {
      await promise;
      // A timer may be early by a fraction of a millisecond.
      await sleep(5);
      await deadline.pause();
    });
    await expect(gate.run(() => Promise.resolve())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('0.02 s'),
    });
    resolve(undefined);
    await expect(inside).rejects.toMatchObject({ code: 'unavailable' });
    expect(await gate.run(() => Promise.resolve('next'))).toBe('next');
  });

  it('lets one of all that want the event loop go on in each of its turns', async () => {
    const gate = new QueryGate({ running: 10, waiting: 1 });
    const log: string[] = [];
    const greedy = Array.from({ length: 10 }, () =>
      gate.run(async (deadline) => {
        await deadline.pause();
        log.push('query');
      }),
    );
    let isRunning = true;
    const others = () => {
      log.push('others');
      if (isRunning) setImmediate(others);
    };
    setImmediate(others);
    await Promise.all(greedy);
    isRunning = false;
    expect(log.join(' ')).not.toContain('query query');
  });

  it('frees the place of what failed', async () => {
    const gate = new QueryGate({ running: 1, waiting: 1 });
    await expect(gate.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.run(() => Promise.resolve('next'))).toBe('next');
  });
});
