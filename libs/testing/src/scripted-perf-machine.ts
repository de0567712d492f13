import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { HostFs } from '@perfwatch/procfs';
import { onTestFinished } from 'vitest';
import { ScriptedPerfKernel, type PerfScript, type ScriptedPmu } from './scripted-perf.ts';

/** Counts of each CPU per second, by event. */
export const SOFTWARE_COUNTS = { 'cpu-clock': 1e9, 'context-switches': 1000, 'cpu-migrations': 10, 'page-faults': 100 };
export const CORE_COUNTS = { cycles: 2e9, instructions: 1e9, branches: 4e8, 'branch-misses': 4e6 };
export const L1D_COUNTS = { 'L1-dcache-loads': 5e8, 'L1-dcache-load-misses': 1e7 };
export const LLC_COUNTS = { 'LLC-loads': 2e6, 'LLC-load-misses': 1e6 };

/** What Linux counts itself. */
export const scriptedSoftware = (cpus: readonly number[]): ScriptedPmu => ({ cpus, counters: 99, share: 1, events: SOFTWARE_COUNTS });
/** Counters of two CPUs, and what of them a test wants otherwise. */
export const scriptedPmu = (own: Partial<ScriptedPmu>): ScriptedPmu => ({
  cpus: [0, 1],
  counters: 8,
  share: 1,
  events: CORE_COUNTS,
  ...own,
});

const PLAIN_PMU_FILES = { 'sys/bus/event_source/devices/cpu/type': '4\n' };
/** Two kinds of cores in sysfs, a CPU of each. */
export const HYBRID_PMU_FILES = {
  'sys/bus/event_source/devices/cpu_core/type': '4\n',
  'sys/bus/event_source/devices/cpu_core/cpus': '0\n',
  'sys/bus/event_source/devices/cpu_atom/type': '10\n',
  'sys/bus/event_source/devices/cpu_atom/cpus': '1\n',
  'sys/bus/event_source/devices/uncore_imc_0/type': '12\n',
  'sys/bus/event_source/devices/uncore_imc_0/cpumask': '0\n',
};

export const POWER_PMU = 'sys/bus/event_source/devices/power';
/** A power PMU that measures packages. */
export const POWER_PMU_FILES = {
  [`${POWER_PMU}/type`]: '9\n',
  [`${POWER_PMU}/cpumask`]: '0\n',
  [`${POWER_PMU}/format/event`]: 'config:0-7\n',
  [`${POWER_PMU}/events/energy-pkg`]: 'event=0x02\n',
  [`${POWER_PMU}/events/energy-pkg.scale`]: '2.3283064365386962890625e-10\n',
  [`${POWER_PMU}/events/energy-pkg.unit`]: 'Joules\n',
  [`${POWER_PMU}/events/energy-ram`]: 'event=0x03\n',
  [`${POWER_PMU}/events/energy-ram.unit`]: 'Joules\n',
};
/** What it counts: 15 W. */
export const SCRIPTED_RAPL: ScriptedPmu = { cpus: [0], counters: 9, share: 1, events: { '9:0x2': 15 * 2 ** 32 } };

/** Where sysfs lists the CPUs online. */
export const ONLINE_CPUS = 'sys/devices/system/cpu/online';

/** What of a machine a test wants otherwise. */
export interface PerfMachineOptions {
  readonly script?: PerfScript;
  /** PMUs in sysfs. */
  readonly pmus?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** A machine with two CPUs and one PMU for both, and what of it a test wants otherwise. It is gone when the test ends. */
export function scriptedPerfMachine({ script, pmus, files }: PerfMachineOptions) {
  const root = mkdtempSync(join(tmpdir(), 'perfwatch-perf-machine-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries({ [ONLINE_CPUS]: '0-1\n', ...(pmus ?? PLAIN_PMU_FILES), ...files })) write(path, text);
  const fs = new HostFs({ procRoot: join(root, 'proc'), sysRoot: join(root, 'sys'), rootRoot: root });
  onTestFinished(() => {
    fs.close();
    rmSync(root, { recursive: true, force: true });
  });
  const kernel = new ScriptedPerfKernel(script ?? { pmus: [scriptedSoftware([0, 1]), scriptedPmu({})] });
  return { fs, kernel, write, setOnline: (text: string) => write(ONLINE_CPUS, `${text}\n`) };
}
