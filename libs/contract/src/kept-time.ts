import { MAX_RETENTION_DAYS } from './retention.ts';

const DAY_MS = 86_400_000;

/** How long JetStream keeps a backlog, and at least how long names of metrics are remembered. How long raw Samples are kept is the policy's. */
export const RAW_KEPT_MS = 7 * DAY_MS;

/** How far a host's clock may be ahead: a partition must exist for what is accepted. */
export const FUTURE_ACCEPTED_MS = 3_600_000;

/** Start of the first UTC day whose raw Samples are kept at `nowMs`: they are dropped by whole days, none before it is `downsampleAfterDays` old. */
export function rawKeptFromMs(downsampleAfterDays: number, nowMs: number): number {
  return Math.floor((nowMs - downsampleAfterDays * DAY_MS) / DAY_MS) * DAY_MS;
}

/** Why a Sample of `ts` cannot be right at `nowMs`, whatever the policy; null when it can. */
export function timeFault(ts: string, nowMs: number): string | null {
  const tsMs = Date.parse(ts);
  if (Number.isNaN(tsMs)) return `ts ${ts} is not a time`;
  if (tsMs < nowMs - MAX_RETENTION_DAYS * DAY_MS) {
    return `ts ${ts} is more than ${MAX_RETENTION_DAYS} days ago, longer than anything is ever kept: set that machine's clock`;
  }
  if (tsMs <= nowMs + FUTURE_ACCEPTED_MS) return null;
  return `ts ${ts} is more than ${FUTURE_ACCEPTED_MS / 3_600_000} h in the future: set that machine's clock`;
}
