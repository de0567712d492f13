import { describe, expect, it } from 'vitest';
import { HostileValues } from './fuzz/hostile-values.ts';
import { Tally } from './fuzz/tally.ts';
import { SeededRandom } from './soak-random.ts';

const answered = (status: number, text: string): string[] => {
  const tally = new Tally('REST');
  tally.answered('GET /api/hosts', { status, text });
  return tally.faults;
};

describe('the account of hostile input', () => {
  it.each([
    [500, '{}'],
    [503, 'busy'],
    [400, 'Error: x\n    at parse (/srv/perfwatch/input.js:7:3)'],
    [200, '{"detail":"/srv/perfwatch/node_modules/pg/lib/client.js"}'],
    [400, 'The database refused a statement: syntax error at or near "x"'],
  ])('finds fault with %i %j', (status, text) => {
    expect(answered(status, text)).toHaveLength(1);
  });

  it.each([
    [200, '{"hosts":[]}'],
    [400, '{"detail":"The body is nested too deep."}'],
    [429, '{"detail":"Too many requests; look at it again in 3 s"}'],
  ])('finds none with %i %j', (status, text) => {
    expect(answered(status, text)).toEqual([]);
  });

  it('keeps the first twenty faults of a flood', () => {
    const tally = new Tally('REST');
    for (let index = 0; index < 1000; index += 1) tally.fault(String(index));
    expect(tally.faults).toHaveLength(20);
  });

  it('is of the same messages for the same seed, and of others for another', () => {
    const bodies = (seed: number) => {
      const values = new HostileValues(new SeededRandom(seed));
      return Array.from({ length: 200 }, () => values.body({ host: 'web-1', tags: ['a'], metrics: { a: 1 } }).toString('base64'));
    };
    expect(bodies(7)).toEqual(bodies(7));
    expect(bodies(8)).not.toEqual(bodies(7));
    expect(new Set(bodies(7)).size).toBeGreaterThan(150);
  });
});
