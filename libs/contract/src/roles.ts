/** An administrator changes everything, a viewer sees everything. */
export const ROLES = ['admin', 'viewer'] as const;

/** What an API token may do: read; also set and remove annotations; whatever its owner may. */
export const TOKEN_SCOPES = ['read', 'annotate', 'admin'] as const;

/** Longest life of an API token that has an end. */
export const MAX_TOKEN_DAYS = 365;
