import { PerfwatchError } from '@perfwatch/contract';

/** Bytes that are no segment: damaged, cut short, or of a version this PerfWatch does not know. */
export class SegmentError extends PerfwatchError {
  constructor(reason: string, cause?: unknown) {
    super('internal', `A stored segment cannot be read: ${reason}`, { hint: 'Restore it from a backup or the archive.', cause });
    this.name = 'SegmentError';
  }
}
