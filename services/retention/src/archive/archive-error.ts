import { PerfwatchError } from '@perfwatch/contract';
import { archiveDirectory } from './archive-files.ts';
import { reasonOf } from './durable-files.ts';

/** The disk takes nothing: it is full, read-only or not ours. */
export class ArchiveError extends PerfwatchError {
  constructor(dataDir: string, cause: unknown) {
    super('unavailable', `The archive ${archiveDirectory(dataDir)} cannot be written: ${reasonOf(cause)}`, {
      hint: 'Raw Samples stay in the database until it can.',
      cause,
    });
    this.name = 'ArchiveError';
  }
}

/** What the operating system said; null when it was not that. */
export function systemErrorOf(error: unknown): Error | null {
  if (!(error instanceof Error)) return null;
  return 'syscall' in error ? error : systemErrorOf(error.cause);
}

/** Does `work` for the archive. What the operating system refuses is an ArchiveError; anything else is thrown as it is. */
export async function forArchive<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // That the database is away, the operating system says too.
    const refused = error instanceof PerfwatchError && error.code === 'unavailable' ? null : systemErrorOf(error);
    throw refused === null ? error : new ArchiveError(dataDir, refused);
  }
}
