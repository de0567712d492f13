import { explainOpenError } from '@perfwatch/perf-event';
import { parseCpuModel, parseKernelNumber, parseProcessRights, type HostFs } from '@perfwatch/procfs';
import type { DramCounterRefusedError } from './uncore-traffic.ts';

const DRIVERS = 'load the driver of its uncore PMUs (modprobe intel_uncore, amd_uncore, arm_cmn), if it has one';
const SECCOMP_FILTER = 2;

/**
 * Why a machine has neither counters of its memory controllers nor resctrl, in one line. Reads /proc/cpuinfo, which takes long on large
 * machines.
 */
export function explainAbsentTraffic(fs: HostFs): string {
  const flags = fs.parseProc('cpuinfo', parseCpuModel)?.flags;
  if (flags?.has('cqm_mbm_total') === true) {
    return 'The CPU monitors memory bandwidth, but resctrl is not mounted: mount -t resctrl resctrl /sys/fs/resctrl';
  }
  if (flags?.has('hypervisor') === true) {
    return 'This virtual machine shows no counters of the memory controllers, as most do not: only its host has them';
  }
  return `This machine shows no counters of its memory controllers in /sys/bus/event_source/devices, nor resctrl: ${DRIVERS}`;
}

/** Why the kernel refused to count, and what a person can do about it, in one line. */
export function explainRefusal(fs: HostFs, { errno, event, descriptors }: DramCounterRefusedError): string {
  const rights = fs.parseProc('self/status', parseProcessRights);
  const seccompMode = rights?.seccompMode ?? null;
  return explainOpenError({
    ...{ errno, event: event.name, pmu: event.pmu.name, descriptors },
    paranoid: fs.parseProc('sys/kernel/perf_event_paranoid', parseKernelNumber),
    hasPerfmon: rights?.hasPerfmon ?? null,
    isFiltered: seccompMode === null ? null : seccompMode === SECCOMP_FILTER,
    // It holds a counter of each core, none of a memory controller.
    hasNmiWatchdog: false,
  });
}
