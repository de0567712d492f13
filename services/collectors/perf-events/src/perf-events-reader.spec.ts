import type { PerfEventsConfig } from '@perfwatch/contract';
import { ERRNO, PerfUnsupportedError } from '@perfwatch/perf-event';
import { HostFs } from '@perfwatch/procfs';
import {
  CORE_COUNTS,
  HYBRID_PMU_FILES,
  L1D_COUNTS,
  LLC_COUNTS,
  POWER_PMU_FILES,
  SCRIPTED_RAPL,
  fixtureSources,
  scriptedPerfMachine,
  scriptedPmu,
  scriptedSoftware,
  type PerfMachineOptions,
  type PerfScript,
} from '@perfwatch/testing';
import { describe, expect, it } from 'vitest';
import { perfEventsCollectorWith } from './index.ts';
import { FIRST, MINUTE, NEXT, startReader, type ReaderOptions } from '../test/start-reader.ts';

/** The collector on a machine with two CPUs and one PMU for both, and what of it a test wants otherwise. */
const start = (own: PerfMachineOptions & ReaderOptions = {}) => startReader(scriptedPerfMachine(own), own);

describe('the perf-events reader', () => {
  it('knows nothing at the first tick and everything at the second', () => {
    const { reader } = start();
    expect(reader.read(FIRST).metrics).toMatchObject({ cycles_per_sec: null, ipc_ratio: null, core: { 0: { ipc_ratio: null } } });
    const { metrics, status, reason } = reader.read(NEXT);
    expect({ status, reason }).toEqual({ status: 'ok', reason: null });
    expect(metrics).toMatchObject({ cycles_per_sec: 4.02e9, instructions_per_sec: 2.01e9, ipc_ratio: 0.5, branch_miss_percent: 1 });
    expect(metrics).toMatchObject({ cpu_clock_ms_per_sec: 2010, context_switches_per_sec: 2010, page_faults_per_sec: 201 });
    expect(metrics.group).toEqual({ software: { running_percent: 100 }, core: { running_percent: 100 } });
  });

  it('gives the frequency as cycles by the time that passed, idle or not: the mean of the CPUs, and of each', () => {
    const { reader } = start();
    reader.read(FIRST);
    const { metrics } = reader.read(NEXT);
    expect(metrics.effective_frequency_mhz).toBe(2010);
    expect(metrics.core?.['1']?.effective_frequency_mhz).toBe(2020);
  });

  it('scales what was counted for a part of the time, and divides by nothing that would undo it', () => {
    const { reader } = start({ script: { pmus: [scriptedSoftware([0, 1]), scriptedPmu({ share: 0.25 })] } });
    reader.read(FIRST);
    const { metrics, status } = reader.read(NEXT);
    expect(status).toBe('ok');
    expect(metrics).toMatchObject({ cycles_per_sec: 4.02e9, effective_frequency_mhz: 2010, group: { core: { running_percent: 25 } } });
  });

  it('is partial below 5 % of the time, and names the NMI watchdog where it is on', () => {
    const script = { pmus: [scriptedSoftware([0, 1]), scriptedPmu({ share: 0.04 })] };
    const { reader } = start({ script, files: { 'proc/sys/kernel/nmi_watchdog': '1\n' } });
    reader.read(FIRST);
    const { metrics, status, reason } = reader.read(NEXT);
    expect(status).toBe('partial');
    expect(reason).toMatch(/less than 5 %.*\(core\).*nmi_watchdog to 0/);
    expect(metrics.cycles_per_sec).toBe(4.02e9);
  });

  it('knows nothing of a group that never got a counter', () => {
    const { reader } = start({ script: { pmus: [scriptedSoftware([0, 1]), scriptedPmu({ share: 0 })] } });
    reader.read(FIRST);
    const { metrics, status } = reader.read(NEXT);
    expect(status).toBe('partial');
    expect(metrics).toMatchObject({
      cycles_per_sec: null,
      ipc_ratio: null,
      core: { 0: { ipc_ratio: null } },
      context_switches_per_sec: 2010,
    });
    expect(metrics.group?.['core']).toEqual({ running_percent: 0 });
  });

  it('divides nothing that does not fit into one group, and says so', () => {
    const events = { ...CORE_COUNTS, ...LLC_COUNTS };
    const { reader } = start({ script: { pmus: [scriptedSoftware([0, 1]), scriptedPmu({ counters: 2, events })] } });
    reader.read(FIRST);
    const { metrics, unavailable } = reader.read(NEXT);
    expect(metrics).toMatchObject({ ipc_ratio: 0.5, branch_miss_percent: 1, llc_miss_percent: 50, llc_loads_per_sec: 4.02e6 });
    expect(metrics).not.toHaveProperty('llc_misses_per_kilo_instruction_ratio');
    expect(unavailable?.['llc_misses_per_kilo_instruction_ratio']).toMatch(/LLC-load-misses and instructions at once/);
  });

  it('gives at most 100 percent where misses exceed loads', () => {
    const events = { 'L1-dcache-loads': 10, 'L1-dcache-load-misses': 12 };
    const { reader } = start({ script: { pmus: [scriptedPmu({ events })] } });
    reader.read(FIRST);
    expect(reader.read(NEXT).metrics.l1d_miss_percent).toBe(100);
  });

  it('does not let instructions take a counter where nothing is compared with them', () => {
    const { reader, kernel } = start();
    reader.read(FIRST);
    expect(kernel.counted.filter((event) => event === '0:instructions')).toHaveLength(1);
    expect(reader.read(NEXT).metrics.group).not.toHaveProperty('llc');
  });
});

describe('on a hybrid processor', () => {
  const script: PerfScript = {
    pmus: [
      scriptedSoftware([0, 1]),
      scriptedPmu({ cpus: [0], extendedType: 4, events: { ...CORE_COUNTS, ...L1D_COUNTS } }),
      scriptedPmu({ cpus: [1], extendedType: 10, events: { ...CORE_COUNTS, 'L1-dcache-loads': 1e8 } }),
    ],
  };

  it('asks each kind of core for its own events, and gives no sum that one kind is missing from', () => {
    const { reader } = start({ script, pmus: HYBRID_PMU_FILES });
    reader.read(FIRST);
    const { metrics, unavailable, sources, status } = reader.read(NEXT);
    expect(status).toBe('ok');
    expect(metrics).toMatchObject({ ipc_ratio: 0.5, l1d_loads_per_sec: 6.01e8, core: { 0: { l1d_miss_percent: 2 } } });
    expect(metrics).not.toHaveProperty('l1d_load_misses_per_sec');
    expect(metrics.core?.['1']).not.toHaveProperty('l1d_miss_percent');
    expect(unavailable?.['l1d_miss_percent']).toMatch(
      /no sum without CPU 1: choose the other CPUs.*cpu_atom.*does not count L1-dcache-load-misses/,
    );
    expect(unavailable).not.toHaveProperty('core.l1d_miss_percent');
    expect(sources?.['cycles_per_sec']).toBe('perf_event_open(2): cpu_core on CPU 0, cpu_atom on CPU 1');
  });

  it('gives the sum of the CPUs that have the event when the settings choose them', () => {
    const { reader } = start({ script, pmus: HYBRID_PMU_FILES, settings: { cpus: '0' } });
    reader.read(FIRST);
    expect(reader.read(NEXT).metrics).toMatchObject({ l1d_load_misses_per_sec: 1e7, l1d_miss_percent: 2 });
  });
});

describe('when settings change', () => {
  it('counts on the CPUs and the groups chosen, from the next tick on', () => {
    const { reader, kernel, settings } = start();
    reader.read(FIRST);
    reader.read(NEXT);
    Object.assign(settings, { cpus: '1', groups: ['core'] } satisfies Partial<PerfEventsConfig>);
    expect(reader.read(NEXT).unavailable?.['page_faults_per_sec']).toBe('Turned off in the settings');
    expect(kernel.counted).toEqual(['1:cycles', '1:instructions', '1:branches', '1:branch-misses']);
    const { metrics } = reader.read(NEXT);
    expect(metrics).toMatchObject({ cycles_per_sec: 2.02e9, core: { 1: { ipc_ratio: 0.5 } } });
    expect(Object.keys(metrics.group ?? {})).toEqual(['core']);
  });

  it('gives no sum over CPUs of which some were chosen only now', () => {
    const { reader, settings } = start({ settings: { cpus: '0' } });
    reader.read(FIRST);
    reader.read(NEXT);
    settings.cpus = '0-1';
    expect(reader.read(NEXT).metrics).toMatchObject({
      cycles_per_sec: null,
      ipc_ratio: null,
      core: { 0: { ipc_ratio: 0.5 }, 1: { ipc_ratio: null } },
    });
    expect(reader.read(NEXT).metrics.cycles_per_sec).toBe(4.02e9);
  });

  it('gives no cores when they are turned off, and says so', () => {
    const { reader } = start({ settings: { per_core: false } });
    reader.read(FIRST);
    const { metrics, unavailable } = reader.read(NEXT);
    expect(metrics).not.toHaveProperty('core');
    expect(unavailable?.['core']).toBe('Turned off in the settings');
    expect(metrics.ipc_ratio).toBe(0.5);
  });

  it('says so when none of the CPUs chosen is online', () => {
    const { reader, kernel } = start({ settings: { cpus: '8-15' } });
    const reading = reader.read(FIRST);
    expect(reading).toMatchObject({ status: 'unavailable', metrics: {} });
    expect(reading.reason).toBe('None of the CPUs chosen in the settings (8-15) is online');
    expect(kernel.openDescriptors).toBe(0);
  });

  it('goes on undisturbed, with the same report, while nothing changes', () => {
    const { reader } = start();
    const { unavailable, sources } = reader.read(FIRST);
    const next = reader.read(NEXT);
    expect(next.unavailable).toBe(unavailable);
    expect(next.sources).toBe(sources);
  });
});

describe('when the kernel refuses', () => {
  it('explains what is missing of each event and counts the others', () => {
    const { reader } = start({ script: { pmus: [scriptedSoftware([0, 1])] }, pmus: {} });
    reader.read(FIRST);
    const { status, reason, metrics, unavailable } = reader.read(NEXT);
    expect(status).toBe('partial');
    expect(reason).toMatch(/^Not counted \(core, l1d, llc, dtlb, itlb\): This machine shows no PMU for hardware events.*virtual PMU/);
    expect(metrics).toMatchObject({ context_switches_per_sec: 2010 });
    expect(unavailable?.['llc_loads_per_sec']).toMatch(/no PMU for hardware events/);
  });

  it('says how to be allowed to, and counts within a minute of that', () => {
    const script = { pmus: [scriptedSoftware([0, 1]), scriptedPmu({})] };
    const files = { 'proc/sys/kernel/perf_event_paranoid': '3\n', 'proc/self/status': 'CapEff:\t0000000000000000\nSeccomp:\t0\n' };
    const { reader, kernel, write } = start({ script: { ...script, refusesAll: ERRNO.EACCES }, files });
    const refused = reader.read(FIRST);
    expect(refused).toMatchObject({ status: 'unavailable', metrics: {} });
    expect(refused.reason).toMatch(/perf_event_paranoid = 3.*CAP_PERFMON.*setcap cap_perfmon\+ep \/usr\/bin\/node$/);
    kernel.change(script);
    write('proc/sys/kernel/perf_event_paranoid', '0\n');
    expect(reader.read(NEXT).status).toBe('unavailable');
    reader.read(MINUTE);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 4.02e9 } });
  });

  it('gives a reason of at most 1000 characters, however much is refused', () => {
    const name = `cpu_${'x'.repeat(60)}`;
    const device = `sys/bus/event_source/devices/${name}`;
    const firsts = ['cycles', 'L1-dcache-loads', 'LLC-loads', 'dTLB-loads', 'iTLB-loads'];
    const refused = Object.fromEntries(firsts.map((event) => [event, ERRNO.EBUSY]));
    const pmus = { [`${device}/type`]: '4\n', [`${device}/cpus`]: '0-1\n' };
    const { reader } = start({ pmus, script: { pmus: [scriptedSoftware([0, 1]), scriptedPmu({ extendedType: 4, refused })] } });
    expect(reader.read(FIRST).reason).toHaveLength(1000);
  });

  it('gives no sum without a CPU whose counter another holds', () => {
    const busy = scriptedPmu({ cpus: [1], refused: { cycles: ERRNO.EBUSY } });
    const { reader } = start({
      script: { pmus: [scriptedSoftware([0, 1]), scriptedPmu({ cpus: [0] }), busy] },
      files: { 'proc/sys/kernel/nmi_watchdog': '1\n' },
    });
    reader.read(FIRST);
    const { metrics, status, reason, unavailable } = reader.read(NEXT);
    expect(status).toBe('partial');
    expect(reason).toMatch(/nmi_watchdog/);
    expect(metrics).toMatchObject({ instructions_per_sec: 2.01e9, core: { 0: { ipc_ratio: 0.5 } } });
    expect(metrics.core?.['1']).not.toHaveProperty('ipc_ratio');
    expect(unavailable?.['cycles_per_sec']).toMatch(/no sum without CPU 1.*held by another/);
  });

  it('is unavailable, and nothing worse, where there is no such kernel', async () => {
    const { collector } = perfEventsCollectorWith({
      openKernel: () => {
        throw new PerfUnsupportedError('Events are counted elsewhere');
      },
    });
    const fs = new HostFs({ procRoot: '/nowhere', sysRoot: '/nowhere', rootRoot: '/nowhere' });
    const reader = await collector.open(fixtureSources('perf-events', fs));
    expect(await reader.read(FIRST)).toMatchObject({ status: 'unavailable', reason: 'Events are counted elsewhere', metrics: {} });
  });
});

describe('power', () => {
  it('is counted in Joules on one CPU of each package, whatever CPUs are chosen', () => {
    const { reader, kernel } = start({
      script: { pmus: [SCRIPTED_RAPL, scriptedSoftware([0, 1])] },
      files: POWER_PMU_FILES,
      settings: { cpus: '1', groups: ['power'] },
    });
    reader.read(FIRST);
    expect(kernel.counted).toEqual(['0:9:0x2']);
    const { metrics, unavailable } = reader.read(NEXT);
    expect(metrics.package_watts).toBe(15);
    expect(unavailable?.['dram_watts']).toMatch(/does not measure energy-ram/);
  });
});

describe('descriptors', () => {
  it('are all closed on close, which may be repeated, and opened again by a read after it', () => {
    const { reader, kernel } = start();
    reader.read(FIRST);
    expect(kernel.openDescriptors).toBe(16);
    reader.close();
    reader.close();
    expect(kernel.openDescriptors).toBe(0);
    reader.read(FIRST);
    expect(kernel.openDescriptors).toBe(16);
  });
});
