import { MAX_RETENTION_DAYS } from './retention-bounds.ts';

const DAY_MS = 86_400_000;

const BACKLOG_KEPT_DAYS = 7;
/** How long JetStream keeps what could not be stored yet, and at least how long names of metrics are remembered. */
export const BACKLOG_KEPT_MS = BACKLOG_KEPT_DAYS * DAY_MS;

/** How far a host's clock may be ahead: a partition must exist for what is accepted. */
export const FUTURE_ACCEPTED_MS = 3_600_000;

/** Start of the first UTC day whose raw Samples are kept at `nowMs`: they are dropped by whole days, none before it is `downsampleAfterDays` old. */
export function rawKeptFromMs(downsampleAfterDays: number, nowMs: number): number {
  return Math.floor((nowMs - downsampleAfterDays * DAY_MS) / DAY_MS) * DAY_MS;
}

/**
 * Start of the first UTC day whose Samples are still taken: raw ones are kept, or they may come from a backlog. Those make roll-ups, whatever
 * becomes of the raw ones then.
 */
export function acceptedFromMs(downsampleAfterDays: number, nowMs: number): number {
  return rawKeptFromMs(Math.max(downsampleAfterDays, BACKLOG_KEPT_DAYS), nowMs);
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
