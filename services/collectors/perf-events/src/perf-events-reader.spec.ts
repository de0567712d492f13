import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultPerfEvents, type PerfEventsConfig } from '@perfwatch/contract';
import { ERRNO, PerfUnsupportedError } from '@perfwatch/perf-event';
import { HostFs } from '@perfwatch/procfs';
import { ScriptedPerfKernel, fixtureSources, type PerfScript, type ScriptedPmu } from '@perfwatch/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { perfEventsCollectorWith } from './index.ts';
import { PerfEventsReader } from './perf-events-reader.ts';

const FIRST = { elapsedMs: null };
const NEXT = { elapsedMs: 1000 };
const MINUTE = { elapsedMs: 60_000 };

const SOFTWARE = { 'cpu-clock': 1e9, 'context-switches': 1000, 'cpu-migrations': 10, 'page-faults': 100 };
const CORE = { cycles: 2e9, instructions: 1e9, branches: 4e8, 'branch-misses': 4e6 };
const L1D = { 'L1-dcache-loads': 5e8, 'L1-dcache-load-misses': 1e7 };
const LLC = { 'LLC-loads': 2e6, 'LLC-load-misses': 1e6 };

const software = (cpus: readonly number[]): ScriptedPmu => ({ cpus, counters: 99, share: 1, events: SOFTWARE });
const pmu = (own: Partial<ScriptedPmu>): ScriptedPmu => ({ cpus: [0, 1], counters: 8, share: 1, events: CORE, ...own });

const PLAIN = { 'sys/bus/event_source/devices/cpu/type': '4\n' };
const HYBRID = {
  'sys/bus/event_source/devices/cpu_core/type': '4\n',
  'sys/bus/event_source/devices/cpu_core/cpus': '0\n',
  'sys/bus/event_source/devices/cpu_atom/type': '10\n',
  'sys/bus/event_source/devices/cpu_atom/cpus': '1\n',
  'sys/bus/event_source/devices/uncore_imc_0/type': '12\n',
  'sys/bus/event_source/devices/uncore_imc_0/cpumask': '0\n',
};

interface Own {
  script?: PerfScript;
  /** PMUs in sysfs. */
  pmus?: Record<string, string>;
  files?: Record<string, string>;
  settings?: Partial<PerfEventsConfig>;
  nowMs?: () => number;
}

/** A machine with two CPUs and one PMU for both, and what of it a test wants otherwise. */
function start(own: Own = {}) {
  const root = mkdtempSync(join(tmpdir(), 'perfwatch-perf-events-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const files = { 'sys/devices/system/cpu/online': '0-1\n', ...(own.pmus ?? PLAIN), ...own.files };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const fs = new HostFs({ procRoot: join(root, 'proc'), sysRoot: join(root, 'sys'), rootRoot: root });
  const kernel = new ScriptedPerfKernel(own.script ?? { pmus: [software([0, 1]), pmu({})] });
  const settings = { ...defaultPerfEvents(), ...own.settings };
  const reader = new PerfEventsReader({ kernel, fs, nowMs: own.nowMs ?? (() => 0), settings: () => ({ ...settings }) });
  onTestFinished(() => {
    reader.close();
    fs.close();
  });
  return { reader, kernel, settings, write, setOnline: (text: string) => write('sys/devices/system/cpu/online', `${text}\n`) };
}

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
    const { reader } = start({ script: { pmus: [software([0, 1]), pmu({ share: 0.25 })] } });
    reader.read(FIRST);
    const { metrics, status } = reader.read(NEXT);
    expect(status).toBe('ok');
    expect(metrics).toMatchObject({ cycles_per_sec: 4.02e9, effective_frequency_mhz: 2010, group: { core: { running_percent: 25 } } });
  });

  it('is partial below 5 % of the time, and names the NMI watchdog where it is on', () => {
    const script = { pmus: [software([0, 1]), pmu({ share: 0.04 })] };
    const { reader } = start({ script, files: { 'proc/sys/kernel/nmi_watchdog': '1\n' } });
    reader.read(FIRST);
    const { metrics, status, reason } = reader.read(NEXT);
    expect(status).toBe('partial');
    expect(reason).toMatch(/less than 5 %.*\(core\).*nmi_watchdog to 0/);
    expect(metrics.cycles_per_sec).toBe(4.02e9);
  });

  it('knows nothing of a group that never got a counter', () => {
    const { reader } = start({ script: { pmus: [software([0, 1]), pmu({ share: 0 })] } });
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
    const events = { ...CORE, ...LLC };
    const { reader } = start({ script: { pmus: [software([0, 1]), pmu({ counters: 2, events })] } });
    reader.read(FIRST);
    const { metrics, unavailable } = reader.read(NEXT);
    expect(metrics).toMatchObject({ ipc_ratio: 0.5, branch_miss_percent: 1, llc_miss_percent: 50, llc_loads_per_sec: 4.02e6 });
    expect(metrics).not.toHaveProperty('llc_misses_per_kilo_instruction_ratio');
    expect(unavailable?.['llc_misses_per_kilo_instruction_ratio']).toMatch(/LLC-load-misses and instructions at once/);
  });

  it('gives at most 100 percent where misses exceed loads', () => {
    const events = { 'L1-dcache-loads': 10, 'L1-dcache-load-misses': 12 };
    const { reader } = start({ script: { pmus: [pmu({ events })] } });
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
      software([0, 1]),
      pmu({ cpus: [0], extendedType: 4, events: { ...CORE, ...L1D } }),
      pmu({ cpus: [1], extendedType: 10, events: { ...CORE, 'L1-dcache-loads': 1e8 } }),
    ],
  };

  it('asks each kind of core for its own events, and gives no sum that one kind is missing from', () => {
    const { reader } = start({ script, pmus: HYBRID });
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
    const { reader } = start({ script, pmus: HYBRID, settings: { cpus: '0' } });
    reader.read(FIRST);
    expect(reader.read(NEXT).metrics).toMatchObject({ l1d_load_misses_per_sec: 1e7, l1d_miss_percent: 2 });
  });
});

describe('when CPUs come and go', () => {
  it('counts on without a CPU that went offline, and begins anew when it is back', () => {
    const { reader, kernel, setOnline } = start();
    reader.read(FIRST);
    reader.read(NEXT);
    setOnline('0');
    const without = reader.read(NEXT);
    expect(without).toMatchObject({ status: 'partial', metrics: { cycles_per_sec: 2e9 } });
    expect(without.reason).toMatch(/now 0\)/);
    expect(without.metrics.core).not.toHaveProperty('1');
    expect(kernel.counted.some((event) => event.startsWith('1:'))).toBe(false);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 2e9 } });
    setOnline('0-1');
    expect(reader.read(NEXT)).toMatchObject({ status: 'partial', metrics: { cycles_per_sec: 2e9, core: { 1: { ipc_ratio: null } } } });
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 4.02e9, core: { 1: { ipc_ratio: 0.5 } } } });
  });

  it('notices a CPU that was offline between two ticks only, and counts on it again', () => {
    const script = { pmus: [software([0, 1]), pmu({})] };
    const { reader, kernel } = start({ script });
    reader.read(FIRST);
    const descriptors = kernel.openDescriptors;
    kernel.change({ ...script, online: [0] });
    kernel.change(script);
    const after = reader.read(NEXT);
    expect(after).toMatchObject({ status: 'partial', metrics: { cycles_per_sec: 2e9, core: { 1: { ipc_ratio: null } } } });
    expect(after.reason).toMatch(/CPU 1 went offline meanwhile/);
    expect(kernel.openDescriptors).toBe(descriptors);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 4.02e9 } });
  });

  it('asks again at the next tick for a CPU that was not quite online yet', () => {
    const script = { pmus: [software([0, 1]), pmu({})] };
    const { reader, kernel } = start({ script: { ...script, online: [0] } });
    reader.read(FIRST);
    const waiting = reader.read(NEXT);
    expect(waiting).toMatchObject({ status: 'partial', metrics: { cycles_per_sec: 2e9 } });
    expect(waiting.reason).toMatch(/^CPU 1 could not be counted on/);
    kernel.change(script);
    reader.read(NEXT);
    expect(reader.read(NEXT).metrics.cycles_per_sec).toBe(4.02e9);
  });

  it('lets everything go when it cannot tell which CPUs are online', () => {
    const { reader, kernel, setOnline } = start();
    reader.read(FIRST);
    setOnline('garbage');
    const reading = reader.read(NEXT);
    expect(reading).toMatchObject({ status: 'unavailable', metrics: {} });
    expect(reading.reason).toMatch(/cpu\/online is not what it should be/);
    expect(kernel.openDescriptors).toBe(0);
  });
});

describe('on a machine with many CPUs', () => {
  it('opens its counters over several ticks rather than delay one, and gives no sum before all are open', () => {
    let ms = 0;
    const script = { pmus: [software([0, 1, 2, 3])] };
    const files = { 'sys/devices/system/cpu/online': '0-3\n' };
    const { reader, kernel } = start({ script, files, pmus: {}, settings: { groups: ['software'] }, nowMs: () => (ms += 30) });
    reader.read(FIRST);
    expect(kernel.counted.at(-1)).toMatch(/^1:/);
    const opening = reader.read(NEXT);
    expect(opening).toMatchObject({ status: 'partial', metrics: { context_switches_per_sec: null } });
    expect(opening.reason).toMatch(/still being opened \(software\)/);
    for (let tick = 0; tick < 3; tick += 1) reader.read(NEXT);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { context_switches_per_sec: 4060 } });
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
    const { reader } = start({ script: { pmus: [software([0, 1])] }, pmus: {} });
    reader.read(FIRST);
    const { status, reason, metrics, unavailable } = reader.read(NEXT);
    expect(status).toBe('partial');
    expect(reason).toMatch(/^Not counted \(core, l1d, llc, dtlb, itlb\): This machine shows no PMU for hardware events.*virtual PMU/);
    expect(metrics).toMatchObject({ context_switches_per_sec: 2010 });
    expect(unavailable?.['llc_loads_per_sec']).toMatch(/no PMU for hardware events/);
  });

  it('says how to be allowed to, and counts within a minute of that', () => {
    const script = { pmus: [software([0, 1]), pmu({})] };
    const files = { 'proc/sys/kernel/perf_event_paranoid': '3\n', 'proc/self/status': 'CapEff:\t0000000000000000\nSeccomp:\t0\n' };
    const { reader, kernel, write } = start({ script: { ...script, refusesAll: ERRNO.EACCES }, files });
    const refused = reader.read(FIRST);
    expect(refused).toMatchObject({ status: 'unavailable', metrics: {} });
    expect(refused.reason).toMatch(/perf_event_paranoid = 3.*CAP_PERFMON/);
    kernel.change(script);
    write('proc/sys/kernel/perf_event_paranoid', '0\n');
    expect(reader.read(NEXT).status).toBe('unavailable');
    reader.read(MINUTE);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 4.02e9 } });
  });

  it('counts a group on all CPUs or on none when descriptors run out, and says how many it takes', () => {
    const script = { pmus: [software([0, 1]), pmu({})] };
    const { reader, kernel } = start({ script: { ...script, descriptors: 13 }, settings: { groups: ['software', 'core'] } });
    reader.read(FIRST);
    const { metrics, status, reason, unavailable } = reader.read(NEXT);
    expect(status).toBe('partial');
    expect(reason).toMatch(/^Not counted \(core\): The limit of open files is too low: counting takes 16 descriptors/);
    expect(kernel.counted.every((event) => Object.keys(SOFTWARE).includes(event.slice(2)))).toBe(true);
    expect(metrics.context_switches_per_sec).toBe(2010);
    expect(unavailable?.['ipc_ratio']).toMatch(/ulimit -n/);
    kernel.change(script);
    reader.read(MINUTE);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { ipc_ratio: 0.5 } });
  });

  it('counts fewer CPUs with the descriptors there are as soon as the settings ask for fewer', () => {
    const script = { pmus: [software([0, 1]), pmu({})], descriptors: 13 };
    const { reader, settings } = start({ script, settings: { groups: ['software', 'core'] } });
    reader.read(FIRST);
    settings.cpus = '0';
    reader.read(NEXT);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 2e9 } });
  });

  it('gives no sum without a CPU whose counter another holds', () => {
    const busy = pmu({ cpus: [1], refused: { cycles: ERRNO.EBUSY } });
    const { reader } = start({
      script: { pmus: [software([0, 1]), pmu({ cpus: [0] }), busy] },
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
  const device = 'sys/bus/event_source/devices/power';
  const files = {
    [`${device}/type`]: '9\n',
    [`${device}/cpumask`]: '0\n',
    [`${device}/format/event`]: 'config:0-7\n',
    [`${device}/events/energy-pkg`]: 'event=0x02\n',
    [`${device}/events/energy-pkg.scale`]: '2.3283064365386962890625e-10\n',
    [`${device}/events/energy-pkg.unit`]: 'Joules\n',
    [`${device}/events/energy-ram`]: 'event=0x03\n',
    [`${device}/events/energy-ram.unit`]: 'Joules\n',
  };
  const rapl: ScriptedPmu = { cpus: [0], counters: 9, share: 1, events: { '9:0x2': 15 * 2 ** 32 } };

  it('is counted in Joules on one CPU of each package, whatever CPUs are chosen', () => {
    const { reader, kernel } = start({ script: { pmus: [rapl, software([0, 1])] }, files, settings: { cpus: '1', groups: ['power'] } });
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
