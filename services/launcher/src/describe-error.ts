import { PerfwatchError } from '@perfwatch/contract';

/** What a person is shown of an error: what is wrong and what to do; a stack only for what nobody foresaw. */
export function describeError(error: unknown): string {
  if (error instanceof PerfwatchError) return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
