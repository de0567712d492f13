import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createWorkGate } from './work-gate.ts';

describe('createWorkGate', () => {
  it('runs so many at a time, in order of arrival', async () => {
    const gate = createWorkGate({ maxRunning: 2, maxWaiting: 10 });
    const begun: number[] = [];
    let running = 0;
    let mostRunning = 0;
    const work = async (id: number) => {
      begun.push(id);
      running += 1;
      mostRunning = Math.max(mostRunning, running);
      await setImmediate();
      running -= 1;
      return id;
    };
    const results = await Promise.all(Array.from({ length: 8 }, (_, id) => gate.run(() => work(id))));
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(begun).toEqual(results);
    expect(mostRunning).toBe(2);
  });

  it('refuses at once what would wait too long, and goes on afterwards', async () => {
    const gate = createWorkGate({ maxRunning: 1, maxWaiting: 1 });
    const accepted = [gate.run(() => setImmediate('first')), gate.run(() => setImmediate('second'))];
    await expect(gate.run(() => Promise.resolve('third'))).rejects.toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 2 });
    expect(await Promise.all(accepted)).toEqual(['first', 'second']);
    expect(await gate.run(() => Promise.resolve('fourth'))).toBe('fourth');
  });

  it('gives its place on when the work fails', async () => {
    const gate = createWorkGate({ maxRunning: 1, maxWaiting: 1 });
    const failing = gate.run(() => Promise.reject(new Error('no')));
    const next = gate.run(() => Promise.resolve('next'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('next');
  });
});
