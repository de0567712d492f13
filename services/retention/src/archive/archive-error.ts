import { PerfwatchError } from '@perfwatch/contract';
import { archiveDirectory, reasonOf } from './archive-files.ts';

/** The archive cannot be written, or what is to go into it cannot be read. */
export class ArchiveError extends PerfwatchError {
  constructor(dataDir: string, cause: unknown) {
    super('unavailable', `The archive ${archiveDirectory(dataDir)} cannot be written: ${reasonOf(cause)}`, {
      hint: 'Raw Samples stay in the database until it can.',
      cause,
    });
    this.name = 'ArchiveError';
  }
}

/** Does `work` for the archive; what fails is an ArchiveError, unless it is the database that is away. */
export async function forArchive<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PerfwatchError && error.code === 'unavailable' ? error : new ArchiveError(dataDir, error);
  }
}
