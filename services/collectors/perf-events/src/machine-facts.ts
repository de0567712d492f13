import type { OpenErrorFacts } from '@perfwatch/perf-event';
import { parseKernelNumber, readCountingRights, type CountingRights, type HostFs } from '@perfwatch/procfs';

/** What explains a refusal, whatever was refused. */
export type MachineFacts = CountingRights & Pick<OpenErrorFacts, 'hasNmiWatchdog' | 'program'>;

/** Reads what explains a refusal; null where this machine does not tell. `program`: what would be given the right to count. */
export function readMachineFacts(fs: HostFs, program: string): MachineFacts {
  const watchdog = fs.parseProc('sys/kernel/nmi_watchdog', parseKernelNumber);
  return { ...readCountingRights(fs), hasNmiWatchdog: watchdog === null ? null : watchdog > 0, program };
}
