/** Longest that anything may be kept. */
export const MAX_RETENTION_DAYS = 3650;
