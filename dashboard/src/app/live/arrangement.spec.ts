import { describe, expect, it } from 'vitest';
import { arranged, collectorOf, moved } from './arrangement.ts';

const names = ['cpu', 'memory', 'network', 'gpu'];

describe('arranged', () => {
  it('puts the viewer’s own first and leaves the others in their order', () => {
    expect(arranged(names, ['gpu', 'gone', 'memory'])).toEqual(['gpu', 'memory', 'cpu', 'network']);
  });
});

describe('moved', () => {
  it('changes places with the neighbour that is shown, past hidden ones', () => {
    const state = { names, order: [], hidden: ['memory'] };
    expect(moved('network', -1, state)).toEqual(['network', 'cpu', 'memory', 'gpu']);
    expect(moved('cpu', 1, state)).toEqual(['memory', 'network', 'cpu', 'gpu']);
  });

  it('stays at the ends, and keeps what other hosts have', () => {
    expect(moved('cpu', -1, { names, order: ['cpu', 'db'], hidden: [] })).toEqual([...names, 'db']);
    expect(moved('gpu', 1, { names, order: [], hidden: [] })).toEqual(names);
  });
});

describe('collectorOf', () => {
  it('takes the longest name that fits', () => {
    const collectors = ['memory', 'memory-bandwidth', 'cpu'];
    expect(collectorOf('memory-bandwidth', collectors)).toBe('memory-bandwidth');
    expect(collectorOf('cpu-cores', collectors)).toBe('cpu');
    expect(collectorOf('cpus', collectors)).toBeNull();
  });
});
