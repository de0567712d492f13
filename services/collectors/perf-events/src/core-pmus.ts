import { PERF_EVENTS, onPmu, type PerfEventAttr } from '@perfwatch/perf-event';
import { listPmuDevices, parseCpuList, parsePmuType, type HostFs } from '@perfwatch/procfs';

const DEVICES = 'bus/event_source/devices';
/** Kinds of cores that one machine has; the most known is four. */
const MAX_PMUS = 16;

/** The counters of a kind of core. */
export interface CorePmu {
  /** As below /sys/bus/event_source/devices: `cpu`, `cpu_atom`, `armv8_pmuv3_0`. */
  readonly name: string;
  readonly type: number;
  /** The CPUs that have it; null where all have. */
  readonly cpus: ReadonlySet<number> | null;
}

/** PMUs of the cores: `cpu`, and those that say which CPUs they are part of, which is how perf(1) tells them from others. */
export function findCorePmus(fs: HostFs): CorePmu[] {
  const pmus: CorePmu[] = [];
  for (const name of listPmuDevices(fs)) {
    const cpus = fs.parseSys(`${DEVICES}/${name}/cpus`, parseCpuList);
    if (cpus === null && name !== 'cpu') continue;
    const type = fs.parseSys(`${DEVICES}/${name}/type`, parsePmuType);
    if (type !== null && pmus.length < MAX_PMUS) pmus.push({ name, type, cpus: cpus === null ? null : new Set(cpus) });
  }
  return pmus;
}

/** The PMU of a CPU; null where sysfs names none, as in most virtual machines and before Linux 2.6.37. */
export function pmuOf(pmus: readonly CorePmu[], cpu: number): CorePmu | null {
  return pmus.find(({ cpus }) => cpus === null || cpus.has(cpu)) ?? null;
}

/** Both kinds of cores of a hybrid Intel processor have names of this form, and need to be told which one is meant. */
const HYBRID = /^cpu_/;
const isEvent = (name: string): name is keyof typeof PERF_EVENTS => Object.hasOwn(PERF_EVENTS, name);

/** How an event of the table is asked for on a PMU. Arm kernels find the PMU by the CPU, and before 6.6 take no other way. */
export function attrOn(pmu: CorePmu | null, event: string): PerfEventAttr | null {
  if (!isEvent(event)) return null;
  return pmu !== null && HYBRID.test(pmu.name) ? onPmu(PERF_EVENTS[event], pmu.type) : PERF_EVENTS[event];
}
