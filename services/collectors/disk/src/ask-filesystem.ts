import { stat, statfs } from 'node:fs/promises';

/** What a file system says of itself. */
export interface FilesystemAnswer {
  /** `major:minor` of what is there, to see whether it is what was asked for. */
  readonly device: string;
  /** Its magic number; see statfs(2). */
  readonly type: number;
  readonly totalBytes: number;
  /** What is reserved for root included. */
  readonly freeBytes: number;
  /** What users other than root may have. */
  readonly availableBytes: number;
  /** 0 where there is no fixed number. */
  readonly inodes: number;
  readonly freeInodes: number;
}

/** Asks for the file system at a path; `previous` is what it answered last, or null. Rejects with an error of the system, or never ends. */
export type AskFilesystem = (path: string, previous: FilesystemAnswer | null) => Promise<FilesystemAnswer>;

/** `major:minor` of a device number as stat(2) has it; see makedev(3). */
export function deviceNumbers(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

/**
 * Asks the kernel, on threads of libuv, 0.05 ms for each call. Which device it is, is asked only where something of another kind or size
 * is there than before. See stat(2) and statfs(2).
 */
export const askFilesystem: AskFilesystem = async (path, previous) => {
  const { type, bsize, frsize, blocks, bfree, bavail, files, ffree } = await statfs(path, { bigint: true });
  // Blocks are counted in fragments, which are smaller than what is best read at once.
  const blockBytes = frsize > 0n ? frsize : bsize;
  const kind = { type: Number(type), totalBytes: Number(blocks * blockBytes) };
  const isSame = previous?.type === kind.type && previous.totalBytes === kind.totalBytes;
  return {
    ...kind,
    device: isSame ? previous.device : deviceNumbers((await stat(path, { bigint: true })).dev),
    freeBytes: Number(bfree * blockBytes),
    availableBytes: Number(bavail * blockBytes),
    inodes: Number(files),
    freeInodes: Number(ffree),
  };
};
