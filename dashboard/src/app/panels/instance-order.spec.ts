import { describe, expect, it } from 'vitest';
import { inInstanceOrder, rowWindow } from './instance-order.ts';

describe('inInstanceOrder', () => {
  const names = ['eth10', 'lo', 'eth2'];

  it('keeps the order of the collector where none is asked for', () => {
    expect(inInstanceOrder(names, { filter: '', by: null, isDescending: true })).toEqual(names);
  });

  it('orders names by their numbers, both ways', () => {
    expect(inInstanceOrder(names, { filter: '', by: 'name', isDescending: false })).toEqual(['eth2', 'eth10', 'lo']);
    expect(inInstanceOrder(names, { filter: '', by: 'name', isDescending: true })).toEqual(['lo', 'eth10', 'eth2']);
  });

  it('finds a part of a name in any case', () => {
    expect(inInstanceOrder(names, { filter: ' ETH1', by: null, isDescending: false })).toEqual(['eth10']);
  });

  it('puts those without a value last, whichever way it goes', () => {
    const value = (name: string) => ({ lo: null, eth2: 5, eth10: 7 })[name] ?? null;
    expect(inInstanceOrder(names, { filter: '', by: value, isDescending: true })).toEqual(['eth10', 'eth2', 'lo']);
    expect(inInstanceOrder(names, { filter: '', by: value, isDescending: false })).toEqual(['eth2', 'eth10', 'lo']);
  });
});

describe('rowWindow', () => {
  const box = { height: 280, rowHeight: 28 };

  it('draws what is on the screen and a little more, of a thousand rows', () => {
    const { from, to } = rowWindow(1000, { ...box, scrollTop: 14_000 });
    expect(from).toBeLessThan(500);
    expect(to).toBeGreaterThanOrEqual(510);
    expect(to - from).toBeLessThan(40);
  });

  it('stays within the list, also when a filter has just made it shorter', () => {
    expect(rowWindow(3, { ...box, scrollTop: 0 })).toEqual({ from: 0, to: 3 });
    expect(rowWindow(3, { ...box, scrollTop: 14_000 }).to).toBe(3);
    expect(rowWindow(0, { ...box, scrollTop: 0 })).toEqual({ from: 0, to: 0 });
  });
});
