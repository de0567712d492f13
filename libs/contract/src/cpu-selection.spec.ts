import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCpuSelection } from './cpu-selection.ts';

describe('parseCpuSelection', () => {
  it('takes all, numbers and ranges, in any order and with blanks', () => {
    expect(parseCpuSelection('all')).toEqual({ cpus: 'all', fault: null });
    expect(parseCpuSelection('0-3,8,10-11')).toEqual({ cpus: [0, 1, 2, 3, 8, 10, 11], fault: null });
    expect(parseCpuSelection(' 8, 0 - 2 ,1')).toEqual({ cpus: [0, 1, 2, 8], fault: null });
  });

  it.each([
    ['', 'missing', 1],
    ['0-3,', 'missing', 5],
    ['0-3,x,5', '"x" is not a number', 5],
    ['0,  5-2', '"5-2" runs backwards', 5],
    ['0-3-5', 'is not a number or a range', 1],
    ['-1', 'is not a number or a range', 1],
    ['0,99999', 'CPU 99999 is higher than 8191', 3],
    ['ALL', '"ALL" is not a number', 1],
  ])('refuses %j and says where', (text, message, position) => {
    const { cpus, fault } = parseCpuSelection(text);
    expect(cpus).toBeNull();
    expect(fault).toContain(message);
    expect(fault).toContain(`(character ${position})`);
  });

  it('gives ascending CPUs without repetition or a fault for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('0', '1', '9', ',', '-', ' ', 'a', 'l') }), (text) => {
        const { cpus, fault } = parseCpuSelection(text);
        expect((cpus === null) !== (fault === null)).toBe(true);
        if (cpus === null || cpus === 'all') return;
        expect(cpus).toEqual([...new Set(cpus)].sort((one, other) => one - other));
      }),
    );
  });
});
