import { describe, expect, it, vi } from 'vitest';
import { WriteBehind } from './write-behind.ts';

describe('WriteBehind', () => {
  it('tries a failed write again, and only the latest of a key', async () => {
    const writes = new WriteBehind();
    const done: string[] = [];
    let isAway = true;
    const write = (name: string) => () => {
      if (isAway) return Promise.reject(new Error('away'));
      done.push(name);
      return Promise.resolve();
    };
    writes.add('a', write('a1'));
    await Promise.resolve();
    writes.add('a', write('a2'));
    writes.add('b', write('b1'));
    isAway = false;
    await vi.waitUntil(() => done.length === 2, { timeout: 10_000 });
    expect(done.sort()).toEqual(['a2', 'b1']);
    await writes.stop();
  });

  it('loses no write that is added while the last one ends', async () => {
    const writes = new WriteBehind();
    const done: number[] = [];
    for (let turns = 0; turns < 10; turns += 1) {
      writes.add(`a${turns}`, () => Promise.resolve());
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      writes.add(`b${turns}`, () => Promise.resolve(void done.push(turns)));
      await vi.waitUntil(() => done.includes(turns), { timeout: 2000 });
    }
    await writes.stop();
  });

  it('drops the oldest when too many wait, and counts them', async () => {
    const writes = new WriteBehind();
    for (let n = 0; n < 1500; n += 1) writes.add(String(n), () => Promise.reject(new Error('away')));
    expect(writes.dropped).toBeGreaterThan(0);
    await writes.stop();
    await writes.stop();
  });
});
