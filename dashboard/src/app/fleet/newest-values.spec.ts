import { describe, expect, it } from 'vitest';
import { newestValues } from './newest-values.ts';

describe('newestValues', () => {
  it('takes the last value that is known of each host', () => {
    const point = (host: string, timeMs: number, value: number | null) => ({ host, key: 'cpu' as const, timeMs, value });
    const values = newestValues([point('a', 1, 5), point('a', 2, 6), point('a', 3, null), point('b', 1, null)]);
    expect([...values]).toEqual([['a', 6]]);
  });
});
