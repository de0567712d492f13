/** What `estimateAvailableBytes` works from. */
export interface MemoryState {
  /** /proc/meminfo by the kernel's names, in bytes. */
  readonly meminfo: ReadonlyMap<string, number>;
  /** vm.min_free_kbytes in bytes; null where it cannot be read. */
  readonly minFreeBytes: number | null;
}

/**
 * What new programs could have, as kernels from 3.14 on compute MemAvailable (commit 34e431b0ae39) and procps did for older ones:
 * free memory above the low watermark, and of the file cache and the reclaimable slab what is above half or the watermark.
 * Null when a part is not known.
 */
export function estimateAvailableBytes({ meminfo, minFreeBytes }: MemoryState): number | null {
  const free = meminfo.get('MemFree');
  const activeFile = meminfo.get('Active(file)');
  const inactiveFile = meminfo.get('Inactive(file)');
  const reclaimableSlab = meminfo.get('SReclaimable');
  if (minFreeBytes === null || free === undefined || activeFile === undefined) return null;
  if (inactiveFile === undefined || reclaimableSlab === undefined) return null;
  const lowWatermark = (minFreeBytes * 5) / 4;
  const beyondReserve = (bytes: number) => bytes - Math.min(bytes / 2, lowWatermark);
  return Math.max(0, free - lowWatermark + beyondReserve(activeFile + inactiveFile) + beyondReserve(reclaimableSlab));
}
