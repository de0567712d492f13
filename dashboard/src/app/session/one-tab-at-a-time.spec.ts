import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { oneTabAtATime } from './one-tab-at-a-time.ts';

/** Work that says when it runs and ends when told to. */
function worker(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = async () => {
    log.push(`${name} begins`);
    const result = await promise;
    log.push(`${name} ends`);
    return result;
  };
  return { work, end: () => resolve(name) };
}

// Node has the locks of browsers.
describe('oneTabAtATime', () => {
  it('lets one tab wait for the other', async () => {
    const log: string[] = [];
    const [one, other] = [worker(log, 'one'), worker(log, 'other')];
    const results = [oneTabAtATime(one.work), oneTabAtATime(other.work)];
    other.end();
    await delay(20);
    one.end();
    expect(await Promise.all(results)).toEqual(['one', 'other']);
    expect(log).toEqual(['one begins', 'one ends', 'other begins', 'other ends']);
  });

  it('gives on what fails, and lets the next one in', async () => {
    await expect(oneTabAtATime(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await oneTabAtATime(() => Promise.resolve('next'))).toBe('next');
  });

  it('does not let them wait where the browser has no locks', async () => {
    const log: string[] = [];
    const [one, other] = [worker(log, 'one'), worker(log, 'other')];
    const results = [oneTabAtATime(one.work, { locks: null }), oneTabAtATime(other.work, { locks: null })];
    one.end();
    other.end();
    await Promise.all(results);
    expect(log.slice(0, 2)).toEqual(['one begins', 'other begins']);
  });

  it('does not wait for ever for a tab that is stopped', async () => {
    const log: string[] = [];
    const [stopped, waiting] = [worker(log, 'stopped'), worker(log, 'waiting')];
    const held = oneTabAtATime(stopped.work);
    waiting.end();
    expect(await oneTabAtATime(waiting.work, { patienceMs: 20 })).toBe('waiting');
    expect(log).toEqual(['stopped begins', 'waiting begins', 'waiting ends']);
    stopped.end();
    expect(await held).toBe('stopped');
  });
});
