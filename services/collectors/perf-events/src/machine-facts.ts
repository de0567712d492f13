import type { OpenErrorFacts } from '@perfwatch/perf-event';
import { parseKernelNumber, parseProcessRights, type HostFs } from '@perfwatch/procfs';

/** What decides whether the kernel lets this process count. */
export type MachineFacts = Pick<OpenErrorFacts, 'paranoid' | 'hasPerfmon' | 'isFiltered' | 'hasNmiWatchdog'>;

const SECCOMP_FILTER = 2;

/** Reads what explains a refusal; null where this machine does not tell. */
export function readMachineFacts(fs: HostFs): MachineFacts {
  const rights = fs.parseProc('self/status', parseProcessRights);
  const watchdog = fs.parseProc('sys/kernel/nmi_watchdog', parseKernelNumber);
  const seccompMode = rights?.seccompMode ?? null;
  return {
    paranoid: fs.parseProc('sys/kernel/perf_event_paranoid', parseKernelNumber),
    hasPerfmon: rights?.hasPerfmon ?? null,
    isFiltered: seccompMode === null ? null : seccompMode === SECCOMP_FILTER,
    hasNmiWatchdog: watchdog === null ? null : watchdog > 0,
  };
}
