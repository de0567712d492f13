import { describe, expect, it } from 'vitest';
import { allShares, hostBars } from './tier-shares.ts';

const MIB = 1024 ** 2;
const tier = (name: 'hot' | 'raw' | '1m' | '1h', bytes: number) => ({ tier: name, bytes, numbers: null, oldest: null, newest: null });

describe('allShares', () => {
  it('splits the whole by tier, in the order that data passes through', () => {
    expect(allShares({ tiers: [tier('1m', MIB), tier('hot', 3 * MIB)] })).toEqual([
      { tier: 'hot', percent: 75, text: 'Hot 3.00 MiB' },
      { tier: '1m', percent: 25, text: 'By the minute 1.00 MiB' },
    ]);
  });

  it('is empty where nothing is stored', () => {
    expect(allShares({ tiers: [tier('hot', 0)] })).toEqual([]);
  });
});

describe('hostBars', () => {
  const host = (name: string, bytes: Record<string, number>) => ({ host: name, bytes, oldest_sample: null, newest_sample: null });

  it('draws the largest host full and the others by it', () => {
    const bars = hostBars({ hosts: [host('small', { raw: MIB }), host('large', { raw: 3 * MIB, '1h': MIB })] });
    expect(bars.map(({ host: name, shares }) => [name, shares.map(({ percent }) => percent)])).toEqual([
      ['large', [75, 25]],
      ['small', [25]],
    ]);
    expect(bars[0]?.label).toBe('large: Raw 3.00 MiB, By the hour 1.00 MiB');
  });

  it('draws nothing for a host that takes nothing', () => {
    expect(hostBars({ hosts: [host('new', {})] })).toMatchObject([{ bytes: 0, shares: [] }]);
  });
});
