import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AtOnce } from './at-once.ts';

describe('AtOnce', () => {
  it('lets so many run, the rest wait in order, and refuses what is beyond', async () => {
    const atOnce = new AtOnce({ maxRunning: 2, maxWaiting: 2 });
    const begun: number[] = [];
    const entered = [0, 1, 2, 3].map(async (id) => {
      const leave = await atOnce.enter('ada');
      begun.push(id);
      return leave;
    });
    await setImmediate();
    expect(begun).toEqual([0, 1]);
    await expect(atOnce.enter('ada')).rejects.toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 5 });
    (await entered[1])?.();
    (await entered[1])?.();
    await setImmediate();
    expect(begun).toEqual([0, 1, 2]);
    (await entered[0])?.();
    await setImmediate();
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('keeps users apart, and forgets who asks nothing', async () => {
    const atOnce = new AtOnce({ maxRunning: 1, maxWaiting: 0 });
    const leaves = await Promise.all(['ada', 'grace'].map((user) => atOnce.enter(user)));
    await expect(atOnce.enter('ada')).rejects.toThrow();
    expect(atOnce.keys).toBe(2);
    for (const leave of leaves) leave();
    expect(atOnce.keys).toBe(0);
  });
});
