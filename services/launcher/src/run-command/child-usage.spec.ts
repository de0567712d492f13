import { describe, expect, it } from 'vitest';
import { parseEndedChildren, parsePeakResident } from './child-usage.ts';

describe('what children used', () => {
  it('is read past a process name that looks like fields', () => {
    const after = 'S 1 2 3 4 5 6 7 8 9 10 11 12 1234 56 20 0 1 0 0';
    expect(parseEndedChildren(`42 (a) b) 9 9 (x) ${after}`)).toEqual({ user: 12.34, system: 0.56 });
    expect(parseEndedChildren('')).toBeNull();
  });

  it('is the largest resident memory of a process that still has one', () => {
    expect(parsePeakResident('Name:\tsh\nVmPeak:\t  9000 kB\nVmHWM:\t    1024 kB\nVmRSS:\t 1000 kB\n')).toBe(1_048_576);
    expect(parsePeakResident('Name:\tsh\nState:\tZ (zombie)\n')).toBeNull();
  });
});
