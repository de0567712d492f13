/**
 * How long raw Samples are kept: the bound on their disk space. An older one is refused rather than stored and dropped within the
 * hour; JetStream keeps a backlog no longer either.
 */
export const RAW_KEPT_MS = 7 * 86_400_000;

/** How far a host's clock may be ahead: a partition must exist for what is accepted. */
export const FUTURE_ACCEPTED_MS = 3_600_000;

/** Why a Sample of `ts` is not taken at `nowMs`; null when it is. */
export function timeFault(ts: string, nowMs: number): string | null {
  const tsMs = Date.parse(ts);
  if (Number.isNaN(tsMs)) return `ts ${ts} is not a time`;
  if (tsMs < nowMs - RAW_KEPT_MS) return `ts ${ts} is older than the ${RAW_KEPT_MS / 86_400_000} days that are kept`;
  if (tsMs <= nowMs + FUTURE_ACCEPTED_MS) return null;
  return `ts ${ts} is more than ${FUTURE_ACCEPTED_MS / 3_600_000} h in the future: set that machine's clock`;
}
