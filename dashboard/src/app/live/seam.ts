import type { Sample } from '@perfwatch/contract';

/** What a backfill reaches over, in milliseconds since the epoch. */
export interface Seam {
  sinceMs: number;
  newestMs: number;
}

/** From the oldest to the newest of a backfill, which is whole between: one that is too much is cut at a moment. Null for an empty one. */
export function seamOf(backfill: readonly Sample[]): Seam | null {
  let [sinceMs, newestMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { ts } of backfill) {
    const timeMs = Date.parse(ts);
    sinceMs = Math.min(sinceMs, timeMs);
    newestMs = Math.max(newestMs, timeMs);
  }
  return backfill.length === 0 ? null : { sinceMs, newestMs };
}
