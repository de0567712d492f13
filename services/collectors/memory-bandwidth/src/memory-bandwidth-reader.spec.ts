import { ERRNO, PerfUnsupportedError, type PerfKernel } from '@perfwatch/perf-event';
import { ScriptedPerfKernel, type PerfScript } from '@perfwatch/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { machineOfFiles, pmuFiles } from '../test/machine-of-files.ts';
import { MemoryBandwidthReader } from './memory-bandwidth-reader.ts';

const VMSTAT = { 'proc/vmstat': 'pgfault 1\n' };
const CLIENT = pmuFiles({
  uncore_imc: {
    ...{ type: 18, cpumask: '0', formats: { event: 'config:0-7' } },
    events: {
      ...{ data_reads: 'event=0x01', 'data_reads.scale': '6.103515625e-5', 'data_reads.unit': 'MiB' },
      ...{ data_writes: 'event=0x02', 'data_writes.scale': '6.103515625e-5', 'data_writes.unit': 'MiB' },
    },
  },
});
const MONITORED = {
  'sys/fs/resctrl/info/L3_MON/mon_features': 'mbm_total_bytes\n',
  'sys/fs/resctrl/mon_data/mon_L3_00/mbm_total_bytes': '1000\n',
};
const CPUMASK = 'sys/bus/event_source/devices/uncore_imc/cpumask';
const cpuinfo = (flags: string) => ({ 'proc/cpuinfo': `processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu ${flags}\n\n` });
const noKernel = (): PerfKernel => {
  throw new Error('The kernel should not be asked for');
};

/** A million of each a second, on CPU 0 and one percent more on CPU 1. */
const COUNTING: PerfScript = { pmus: [{ cpus: [0, 1], counters: 2, share: 1, events: { '18:0x1': 1_000_000, '18:0x2': 1_000_000 } }] };
const refusing = (errno: number): PerfScript => ({ ...COUNTING, refusesAll: errno });

interface Machine {
  files: Readonly<Record<string, string>>;
  script?: PerfScript;
  openKernel?: () => PerfKernel;
  ceilingBytesPerSec?: number | null;
}

function readerOf({ files, script = COUNTING, openKernel, ceilingBytesPerSec = null }: Machine) {
  const machine = machineOfFiles({ ...VMSTAT, ...files });
  const kernel = new ScriptedPerfKernel(script);
  const options = { fs: machine.fs, openKernel: openKernel ?? (() => kernel), ceilingBytesPerSec };
  const reader = new MemoryBandwidthReader(options);
  onTestFinished(() => {
    reader.close();
    machine.dispose();
  });
  return { ...machine, reader, kernel };
}

describe('MemoryBandwidthReader', () => {
  it('gives the share of what the memory can do', () => {
    const { reader } = readerOf({ files: CLIENT, ceilingBytesPerSec: 512_000_000 });
    reader.read({ elapsedMs: null });
    const { metrics, status, sources, unavailable } = reader.read({ elapsedMs: 1000 });
    expect(metrics).toMatchObject({ dram_read_bytes_per_sec: 64_000_000, dram_total_bytes_per_sec: 128_000_000, dram_usage_percent: 25 });
    expect([status, sources?.dram_read_bytes_per_sec]).toEqual(['ok', 'uncore_imc: data_reads']);
    expect(unavailable).not.toHaveProperty('dram_usage_percent');
  });

  it('gives no more than 100 % of a ceiling that is set too low', () => {
    const { reader } = readerOf({ files: CLIENT, ceilingBytesPerSec: 1000 });
    reader.read({ elapsedMs: null });
    expect(reader.read({ elapsedMs: 1000 }).metrics.dram_usage_percent).toBe(100);
  });

  it('says how to tell what the memory can do', () => {
    const { unavailable } = readerOf({ files: CLIENT }).reader.read({ elapsedMs: null });
    expect(unavailable?.dram_usage_percent).toContain('set PERFWATCH_MEMORY_BANDWIDTH_BYTES_PER_SEC');
  });

  it('asks for no kernel on a machine without such a PMU', () => {
    const { reader } = readerOf({ files: {}, openKernel: noKernel });
    expect(reader.read({ elapsedMs: null }).status).toBe('ok');
  });

  it.each([
    [cpuinfo('cqm_mbm_total'), 'mount -t resctrl resctrl /sys/fs/resctrl'],
    [cpuinfo('hypervisor'), 'This virtual machine shows no counters'],
    [cpuinfo('mmx'), 'modprobe intel_uncore'],
  ])('says why there is no traffic, and what to do: %j', (files, reason) => {
    const { status, unavailable } = readerOf({ files, ceilingBytesPerSec: 1 }).reader.read({ elapsedMs: null });
    expect(status).toBe('ok');
    for (const metric of ['dram_read_bytes_per_sec', 'dram_write_bytes_per_sec', 'dram_total_bytes_per_sec', 'dram_usage_percent']) {
      expect(unavailable?.[metric], metric).toContain(reason);
    }
  });

  it('is partial, with the cure, where the kernel forbids to count', () => {
    const script = refusing(ERRNO.EACCES);
    const files = { ...CLIENT, 'proc/sys/kernel/perf_event_paranoid': '2\n', 'proc/self/status': 'CapEff:\t0000000000000000\n' };
    const { status, reason, unavailable } = readerOf({ files, script }).reader.read({ elapsedMs: null });
    expect([status, reason]).toEqual(['partial', expect.stringMatching(/perf_event_paranoid = 2.*CAP_PERFMON/)]);
    expect(unavailable?.dram_read_bytes_per_sec).toBe(reason);
  });

  it('takes resctrl instead where the kernel forbids to count, and still says so', () => {
    const script = refusing(ERRNO.EACCES);
    const { reader, put } = readerOf({ files: { ...CLIENT, ...MONITORED }, script });
    reader.read({ elapsedMs: null });
    put('sys/fs/resctrl/mon_data/mon_L3_00/mbm_total_bytes', '3000\n');
    const { metrics, status, unavailable } = reader.read({ elapsedMs: 1000 });
    expect(metrics).toMatchObject({ dram_read_bytes_per_sec: null, dram_total_bytes_per_sec: 2000 });
    expect([status, Object.keys(unavailable ?? {}).filter((path) => path.startsWith('dram_'))]).toEqual([
      'partial',
      ['dram_read_bytes_per_sec', 'dram_write_bytes_per_sec', 'dram_usage_percent'],
    ]);
  });

  it('goes on with resctrl while it tries again to count, and takes it as soon as it is mounted', () => {
    const script = refusing(ERRNO.EACCES);
    const { reader, put } = readerOf({ files: CLIENT, script });
    reader.read({ elapsedMs: null });
    for (const [path, content] of Object.entries(MONITORED)) put(path, content);
    expect(reader.read({ elapsedMs: 10_000 }).metrics.dram_total_bytes_per_sec).toBeNull();
    for (let tick = 0; tick < 7; tick += 1) expect(reader.read({ elapsedMs: 10_000 }).metrics.dram_total_bytes_per_sec).toBe(0);
  });

  it('says what is wrong where this system cannot count', () => {
    const openKernel = () => {
      throw new PerfUnsupportedError('koffi does not load');
    };
    const { status, reason } = readerOf({ files: CLIENT, openKernel }).reader.read({ elapsedMs: null });
    expect([status, reason]).toEqual(['partial', 'koffi does not load']);
  });

  it('says what is wrong with events that do not fit the formats', () => {
    const files = { ...CLIENT, 'sys/bus/event_source/devices/uncore_imc/format/event': 'config:0-0\n' };
    const { reader, kernel } = readerOf({ files });
    const { status, reason } = reader.read({ elapsedMs: null });
    expect([status, reason]).toEqual(['partial', expect.stringContaining('does not fit')]);
    expect(kernel.openDescriptors).toBe(0);
  });

  it('tries again once a minute what was refused', () => {
    const { reader, kernel } = readerOf({ files: CLIENT, script: refusing(ERRNO.EMFILE) });
    expect(reader.read({ elapsedMs: null }).status).toBe('partial');
    kernel.change(COUNTING);
    for (let second = 0; second < 59; second += 1) expect(reader.read({ elapsedMs: 1000 }).status).toBe('partial');
    expect(reader.read({ elapsedMs: 1000 })).toMatchObject({ status: 'ok', metrics: { dram_read_bytes_per_sec: null } });
    expect(reader.read({ elapsedMs: 1000 }).metrics.dram_read_bytes_per_sec).toBe(64_000_000);
  });

  it('counts on another CPU when the one of the cpumask goes offline, and closes what it had', () => {
    const { reader, kernel, put } = readerOf({ files: CLIENT });
    reader.read({ elapsedMs: null });
    put(CPUMASK, '1\n');
    expect(reader.read({ elapsedMs: 10_000 }).metrics.dram_read_bytes_per_sec).toBeNull();
    expect(kernel.counted).toEqual(['1:18:0x1', '1:18:0x2']);
    expect(reader.read({ elapsedMs: 1000 }).metrics.dram_read_bytes_per_sec).toBe(64_640_000);
  });

  it('closes what it had when the PMU is gone, and says that there is none', () => {
    const { reader, kernel, remove } = readerOf({ files: CLIENT });
    reader.read({ elapsedMs: null });
    remove('sys/bus/event_source/devices/uncore_imc');
    const { metrics, unavailable } = reader.read({ elapsedMs: 10_000 });
    expect([kernel.openDescriptors, metrics.dram_read_bytes_per_sec]).toEqual([0, null]);
    expect(unavailable?.dram_read_bytes_per_sec).toContain('This machine shows no counters');
  });

  it('closes every descriptor', () => {
    const { reader, kernel } = readerOf({ files: CLIENT });
    expect(kernel.openDescriptors).toBe(2);
    reader.close();
    expect(kernel.openDescriptors).toBe(0);
  });

  it('gives the same explanations and sources while nothing changes', () => {
    const { reader } = readerOf({ files: {} });
    const first = reader.read({ elapsedMs: null });
    for (let tick = 0; tick < 70; tick += 1) {
      const { unavailable, sources } = reader.read({ elapsedMs: 1000 });
      expect(unavailable).toBe(first.unavailable);
      expect(sources).toBe(first.sources);
    }
  });

  it('keeps nodes and traffic when /proc/vmstat cannot be read, and says so', () => {
    const { reader, remove } = readerOf({ files: CLIENT });
    remove('proc/vmstat');
    reader.read({ elapsedMs: null });
    const { metrics, status, reason } = reader.read({ elapsedMs: 1000 });
    expect([status, reason]).toEqual(['partial', expect.stringContaining('vmstat does not exist')]);
    expect(metrics).toMatchObject({ dram_read_bytes_per_sec: 64_000_000 });
  });
});
