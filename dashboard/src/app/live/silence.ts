/** A host is silent after this many intervals without a sample, and never before five seconds. */
const SILENT_INTERVALS = 5;
const SILENT_AFTER_MS = 5000;

/**
 * How long a host may be quiet before the page says so, from the intervals of its collectors and the one that is set: after a change to a
 * longer one, nothing may come for as long as that.
 */
export function silentAfterMs({ intervalsMs, configuredMs }: { intervalsMs: readonly number[]; configuredMs: number | null }): number {
  const fastestMs = intervalsMs.length === 0 ? 0 : Math.min(...intervalsMs);
  return Math.max(SILENT_AFTER_MS, SILENT_INTERVALS * Math.max(fastestMs, configuredMs ?? 0));
}

/** What is known of a connection. Moments by `performance.now()`. */
export interface Heard {
  /** Null where nothing has come yet. */
  receivedAtMs: number | null;
  connectedAtMs: number;
  /** Whether the host sent something before. */
  hasPast: boolean;
  allowedMs: number;
}

/** Whether a host sends nothing although it should. What came over a connection that was lost says nothing of the one that is there now. */
export function isSilent(nowMs: number, { receivedAtMs, connectedAtMs, hasPast, allowedMs }: Heard): boolean {
  return (receivedAtMs !== null || hasPast) && nowMs - Math.max(receivedAtMs ?? 0, connectedAtMs) > allowedMs;
}
