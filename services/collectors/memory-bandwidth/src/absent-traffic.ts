import { explainOpenError } from '@perfwatch/perf-event';
import { parseCpuModel, readCountingRights, type HostFs } from '@perfwatch/procfs';
import type { DramCounterRefusedError } from './uncore-traffic.ts';

const DRIVERS = 'load the driver of its uncore PMUs (modprobe intel_uncore, amd_uncore, arm_cmn), if it has one';

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
  return explainOpenError({
    ...{ errno, event: event.name, pmu: event.pmu.name, descriptors, neededLimit: null, program: process.execPath },
    ...readCountingRights(fs),
    // It holds a counter of each core, none of a memory controller.
    hasNmiWatchdog: false,
  });
}
