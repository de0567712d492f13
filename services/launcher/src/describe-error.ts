import { explain, PerfwatchError } from '@perfwatch/contract';

/** What a person is shown of an error: what is wrong and what to do; a stack only for what nobody foresaw. */
export function describeError(error: unknown): string {
  if (error instanceof PerfwatchError) return explain(error);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
