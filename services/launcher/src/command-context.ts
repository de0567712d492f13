import type { Environment, PerfwatchConfig } from '@perfwatch/service-kit';
import type { StopRequests } from './stop-requests.ts';

/** What the commands are given by the process they run in. */
export interface CommandContext {
  /** Reads the environment. Throws PerfwatchError('bad_input') that names what is wrong in it. */
  loadConfig: () => PerfwatchConfig;
  environment: Environment;
  stopRequests: StopRequests;
  /** A result or progress, on stdout. */
  print: (line: string) => void;
  /** Something a person should look at, on stderr. */
  warn: (line: string) => void;
  /** What the process ends with where nothing failed; absent: 0. */
  exitWith?: (code: number) => void;
}
