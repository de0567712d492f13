import type { DroppedByStream } from '@perfwatch/bus';

const LOSS_TOLD_MS = 3_600_000;

/** What the stream dropped, for an hour after the last of it; null when there is nothing to tell. */
export function lossReason(dropped: DroppedByStream | null, nowMs: number): string | null {
  if (dropped === null || nowMs - dropped.lastAtMs > LOSS_TOLD_MS) return null;
  const { count, lastAtMs } = dropped;
  const samples = count === 1 ? '1 Sample was' : `${count} Samples were`;
  return `${samples} dropped: the stream was full, because they could not be stored for too long; the last at ${new Date(lastAtMs).toISOString()}`;
}
