/**
 * How long rows of `sample` are kept: the bound on their disk space. A Sample older than this is refused rather than stored and
 * dropped within the hour; JetStream keeps a backlog no longer either.
 */
export const RAW_KEPT_MS = 7 * 86_400_000;

/** How far a host's clock may be ahead: a partition must exist for what is accepted. */
export const FUTURE_ACCEPTED_MS = 3_600_000;
