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
