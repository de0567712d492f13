import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCpuIdentity } from './cpuinfo.ts';

const xeonThread = (processor: number, socket: number, core: number): string =>
  `processor\t: ${processor}\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz\nphysical id\t: ${socket}\ncore id\t\t: ${core}\nflags\t\t: fpu vme de`;

describe('parseCpuIdentity', () => {
  it('counts sockets, cores and threads of a machine with two sockets and two threads a core', () => {
    const text = [xeonThread(0, 0, 0), xeonThread(1, 0, 1), xeonThread(2, 1, 0), xeonThread(3, 1, 1), xeonThread(4, 0, 0)].join('\n\n');
    expect(parseCpuIdentity(text)).toEqual({
      model: 'Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz',
      vendor: 'Intel',
      sockets: 2,
      cores: 4,
      threads: 5,
      isVirtual: false,
    });
  });

  it('knows a guest by the hypervisor flag', () => {
    expect(parseCpuIdentity(`${xeonThread(0, 0, 0)} hypervisor`).isVirtual).toBe(true);
  });

  it('leaves null what an Arm board does not say', () => {
    const text =
      'processor\t: 0\nBogoMIPS\t: 108.00\nCPU implementer\t: 0x41\n\nprocessor\t: 1\nBogoMIPS\t: 108.00\n\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n';
    expect(parseCpuIdentity(text)).toEqual({
      model: 'Raspberry Pi 4 Model B Rev 1.4',
      vendor: null,
      sockets: null,
      cores: null,
      threads: 2,
      isVirtual: false,
    });
  });

  it('throws on nothing', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseCpuIdentity(text)));
  });
});
