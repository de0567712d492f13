import { roundMetric } from '@perfwatch/service-kit';
import type { FilesystemAnswer } from './ask-filesystem.ts';
import type { FilesystemMetrics } from './declaration.ts';
import type { MountedFilesystem } from './mounted-filesystems.ts';

/** BTRFS_SUPER_MAGIC of linux/magic.h. */
const BTRFS_MAGIC = 0x9123683e;

/**
 * Whether it is the file system itself that answered. Where a mount does not reach this process, as in a container that does not get
 * the mounts of the host, what lies below it does. Each subvolume of btrfs has a number of its own, of the kernel's anonymous ones.
 */
export function isAnswerOf({ mount }: MountedFilesystem, answer: FilesystemAnswer): boolean {
  if (mount.type === 'btrfs') return answer.type === BTRFS_MAGIC && answer.device.startsWith('0:');
  return answer.device === mount.device;
}

const share = (part: number, whole: number) => (whole > 0 ? roundMetric((100 * part) / whole) : null);

/** The figures of df(1). */
export function filesystemMetrics({ totalBytes, freeBytes, availableBytes, inodes, freeInodes }: FilesystemAnswer): FilesystemMetrics {
  const usedBytes = Math.max(0, totalBytes - freeBytes);
  return {
    total_bytes: totalBytes,
    used_bytes: usedBytes,
    free_bytes: freeBytes,
    available_bytes: availableBytes,
    used_percent: share(usedBytes, usedBytes + availableBytes),
    inodes_used_percent: share(Math.max(0, inodes - freeInodes), inodes),
  };
}

/** The figures of a file system that are not known. */
export const unknownFilesystem = (): FilesystemMetrics => ({
  total_bytes: null,
  used_bytes: null,
  free_bytes: null,
  available_bytes: null,
  used_percent: null,
  inodes_used_percent: null,
});
