import { ERRNO } from '@perfwatch/perf-event';
import { ScriptedPerfKernel, type ScriptedPmu } from '@perfwatch/testing';
import { describe, expect, it } from 'vitest';
import type { DramEvent } from './dram-events.ts';
import { DramCounterRefusedError, DramEventsUnusableError, UncoreTraffic } from './uncore-traffic.ts';

interface PmuOptions {
  name?: string;
  type?: number;
  cpumask?: readonly number[] | null;
}

const pmu = ({ name = 'uncore_imc_0', type = 20, cpumask = [0, 64] }: PmuOptions = {}): DramEvent['pmu'] => ({
  ...{ name, type, cpumask, cpus: null },
  ...{ formats: new Map([['event', 'config:0-7']]), events: new Map() },
});
const READ = { name: 'reads', terms: 'event=0x1', direction: 'read', bytes: 64 } as const;
const WRITE = { name: 'writes', terms: 'event=0x2', direction: 'write', bytes: 32 } as const;
const TOTAL = { name: 'all', terms: 'event=0x3', direction: 'total', bytes: 64 } as const;
const halves = (options?: PmuOptions): DramEvent[] => [
  { pmu: pmu(options), ...READ },
  { pmu: pmu(options), ...WRITE },
];
/** A PMU of type 20 that counts a thousand reads, a hundred writes and ten of both a second; one percent more on each further CPU. */
const scripted = (options: Partial<ScriptedPmu> = {}): ScriptedPmu => ({
  ...{ cpus: [0, 64], counters: 4, share: 1 },
  events: { '20:0x1': 1000, '20:0x2': 100, '20:0x3': 10 },
  ...options,
});
const kernelWith = (...pmus: ScriptedPmu[]) => new ScriptedPerfKernel({ pmus });

describe('UncoreTraffic', () => {
  it('adds up every PMU on every CPU of its cpumask, over the measured time', () => {
    const kernel = kernelWith(scripted(), scripted({ events: { '21:0x1': 1, '21:0x2': 2 } }));
    const traffic = UncoreTraffic.open(kernel, [...halves(), ...halves({ name: 'uncore_imc_1', type: 21, cpumask: [0] })]);
    expect(kernel.counted).toEqual(['0:20:0x1', '0:20:0x2', '64:20:0x1', '64:20:0x2', '0:21:0x1', '0:21:0x2']);
    expect(traffic.read(null)).toEqual({ read: null, write: null, total: null });
    const [reads, writes] = [1000 + 1640 + 1, 100 + 164 + 2];
    expect(traffic.read(500)).toEqual({ read: reads * 64 * 2, write: writes * 32 * 2, total: (reads * 64 + writes * 32) * 2 });
    expect([traffic.lacking, traffic.fault]).toEqual([{}, null]);
  });

  it('scales up what was counted for a part of the time', () => {
    const traffic = UncoreTraffic.open(kernelWith(scripted({ share: 0.25 })), halves({ cpumask: [0] }));
    expect(traffic.read(1000)).toEqual({ read: 64_000, write: 3200, total: 67_200 });
  });

  it('knows nothing at a tick when a PMU did not count, rather than a sum without it', () => {
    const traffic = UncoreTraffic.open(kernelWith(scripted({ cpus: [0] }), scripted({ cpus: [64], share: 0 })), halves());
    expect(traffic.read(1000)).toEqual({ read: null, write: null, total: null });
    expect(traffic.fault).toBe('uncore_imc_0 does not count on CPU 64: other profilers hold its counters, or the CPU is offline');
  });

  it('gives a total alone where reads and writes are counted together', () => {
    const traffic = UncoreTraffic.open(kernelWith(scripted()), [{ pmu: pmu({ name: 'amd_df', cpumask: [0] }), ...TOTAL }]);
    expect(traffic.read(1000)).toEqual({ read: null, write: null, total: 640 });
    expect(traffic.lacking).toEqual({
      dram_read_bytes_per_sec: 'amd_df counts reads and writes together',
      dram_write_bytes_per_sec: 'amd_df counts reads and writes together',
    });
    expect(traffic.sources).toEqual({ dram_total_bytes_per_sec: 'amd_df: all' });
  });

  it('gives one direction alone, and no total, where the other is not counted', () => {
    const traffic = UncoreTraffic.open(kernelWith(scripted()), [{ pmu: pmu({ cpumask: [0] }), ...READ }]);
    expect(traffic.read(1000)).toEqual({ read: 64_000, write: null, total: null });
    expect(traffic.lacking).toEqual({
      dram_write_bytes_per_sec: 'uncore_imc_0 counts no writes',
      dram_total_bytes_per_sec: 'uncore_imc_0 counts no writes',
    });
  });

  it('names its sources', () => {
    const events = Array.from({ length: 8 }, (_, index) => halves({ name: `uncore_imc_${index}` })).flat();
    expect(UncoreTraffic.open(kernelWith(scripted()), events).sources).toEqual({
      dram_read_bytes_per_sec: 'uncore_imc_0 ... uncore_imc_7: reads',
      dram_write_bytes_per_sec: 'uncore_imc_0 ... uncore_imc_7: writes',
      dram_total_bytes_per_sec: 'uncore_imc_0 ... uncore_imc_7: reads, writes',
    });
  });

  it('opens no more than two events in a group, for some PMUs take more than they can count', () => {
    const counts = [1, 10, 100, 1000, 10_000];
    const events = counts.map((_, index) => ({ pmu: pmu({ cpumask: [0] }), ...TOTAL, terms: `event=0x${index}` }));
    const kernel = kernelWith(scripted({ events: Object.fromEntries(counts.map((count, index) => [`20:0x${index}`, count])) }));
    const groups: (number | null)[] = [];
    const open = kernel.open.bind(kernel);
    kernel.open = (attr, place) => {
      groups.push(place.leaderFd);
      return open(attr, place);
    };
    expect(UncoreTraffic.open(kernel, events).read(1000).total).toBe(11_111 * 64);
    expect(groups.map((leader) => leader !== null)).toEqual([false, true, false, true, false]);
  });

  it('closes every descriptor', () => {
    const kernel = kernelWith(scripted());
    const traffic = UncoreTraffic.open(kernel, halves());
    expect(kernel.openDescriptors).toBe(4);
    traffic.close();
    traffic.close();
    expect(kernel.openDescriptors).toBe(0);
  });

  it('leaves nothing open when the kernel refuses one event, and says which', () => {
    const kernel = kernelWith(scripted({ cpus: [0] }), scripted({ cpus: [64], refused: { '20:0x2': ERRNO.EACCES } }));
    const error = (() => {
      try {
        return UncoreTraffic.open(kernel, halves());
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(DramCounterRefusedError);
    expect(error).toMatchObject({ errno: ERRNO.EACCES, descriptors: 4, event: { name: 'writes' } });
    expect(kernel.openDescriptors).toBe(0);
  });

  it.each([null, []])('refuses a PMU that does not say on which CPUs to count: %j', (cpumask) => {
    const kernel = kernelWith(scripted());
    expect(() => UncoreTraffic.open(kernel, halves({ cpumask }))).toThrow(DramEventsUnusableError);
    expect(kernel.openDescriptors).toBe(0);
  });

  it('refuses more counters than it may hold', () => {
    const cpumask = Array.from({ length: 300 }, (_, cpu) => cpu);
    expect(() => UncoreTraffic.open(kernelWith(scripted()), halves({ cpumask }))).toThrow('600 counters');
  });
});
