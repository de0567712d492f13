import { describe, expect, it } from 'vitest';
import { parseCpuModel } from './cpu-model.ts';
import { ProcfsParseError } from './parse-error.ts';

const AMD =
  'processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 23\nmodel\t\t: 49\nmodel name\t: EPYC\nflags\t\t: fpu cqm_mbm_total\n\n';

describe('parseCpuModel', () => {
  it('tells the first CPU of an x86 machine', () => {
    const second = AMD.replaceAll('49', '50').replace('fpu', 'sse');
    expect(parseCpuModel(AMD + second)).toEqual({
      ...{ vendor: 'AuthenticAMD', family: 23, model: 49 },
      flags: new Set(['fpu', 'cqm_mbm_total']),
    });
  });

  it('knows neither vendor nor flags on other architectures', () => {
    expect(parseCpuModel('processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n')).toEqual({
      ...{ vendor: null, family: null, model: null },
      flags: new Set(),
    });
  });

  it('refuses a file that lists no processor', () => {
    expect(() => parseCpuModel('vendor_id\t: IBM/S390\n')).toThrow(ProcfsParseError);
  });
});
