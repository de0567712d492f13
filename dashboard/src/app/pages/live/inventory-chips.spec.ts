import { describe, expect, it } from 'vitest';
import { inventoryChips } from './inventory-chips.ts';

const ts = '2026-11-23T19:20:31.000Z';

describe('inventoryChips', () => {
  it('says what a machine is, short, with the whole beside it', () => {
    const chips = inventoryChips({
      host: 'web-1',
      ts,
      os: { name: 'Debian GNU/Linux', version: '12 (bookworm)' },
      kernel: '6.18.0',
      cpu: { model: 'Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz', threads_count: 56 },
    });
    expect(chips.map(({ text }) => text)).toEqual(['Debian GNU/Linux 12', 'Intel Xeon E5-2680 v4 × 56', 'Linux 6.18.0']);
    expect(chips[1]?.title).toBe('Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz × 56');
  });

  it('leaves out what is not known', () => {
    expect(inventoryChips({ host: 'web-1', ts, kernel: null, cpu: { model: null, threads_count: 4 } })).toEqual([]);
    expect(inventoryChips(null)).toEqual([]);
  });
});
