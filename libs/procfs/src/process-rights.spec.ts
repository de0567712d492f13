import { describe, expect, it } from 'vitest';
import { ProcfsParseError } from './parse-error.ts';
import { parseKernelNumber, parseProcessRights } from './process-rights.ts';

const status = (capabilities: string, more = '') => `Name:\tnode\nCapPrm:\t0000000000000000\nCapEff:\t${capabilities}\n${more}`;

describe('parseProcessRights', () => {
  it.each([
    ['everything', '000001ffffffffff', true],
    ['CAP_PERFMON alone', '0000004000000000', true],
    ['CAP_SYS_ADMIN alone, which includes it', '0000000000200000', true],
    ["what Docker's default leaves", '00000000a80425fb', false],
    ['nothing', '0000000000000000', false],
    ['32 bits of an old kernel', 'ffffffff', true],
  ])('tells whether a process with %s may count', (_what, capabilities, hasPerfmon) => {
    expect(parseProcessRights(status(capabilities)).hasPerfmon).toBe(hasPerfmon);
  });

  it('tells whether a filter decides on system calls, and null where the kernel does not say', () => {
    expect(parseProcessRights(status('0000000000000000', 'Seccomp:\t2\nSeccomp_filters:\t1\n')).seccompMode).toBe(2);
    expect(parseProcessRights(status('0000000000000000')).seccompMode).toBeNull();
  });

  it.each(['', 'CapPrm:\t0000000000000000\n', status('many'), status('0000000000000000', 'Seccomp:\ton\n')])('refuses %j', (text) => {
    expect(() => parseProcessRights(text)).toThrow(ProcfsParseError);
  });
});

describe('parseKernelNumber', () => {
  it('reads numbers below zero too', () => {
    expect([parseKernelNumber('-1\n'), parseKernelNumber('4\n')]).toEqual([-1, 4]);
  });

  it.each(['', 'on', '1.5', '1 2', '12345678901'])('refuses %j', (text) => {
    expect(() => parseKernelNumber(text)).toThrow(ProcfsParseError);
  });
});
