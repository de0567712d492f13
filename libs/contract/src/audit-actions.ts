/** What the audit trail tells of. A log-in event may stand for many; everything else is one change, written together with it. */
export const AUDIT_ACTIONS = [
  'login',
  'login_failed',
  'logout',
  'session_ended',
  'session_stolen',
  'password_changed',
  'user_created',
  'user_changed',
  'user_deleted',
  'token_created',
  'token_deleted',
  'settings_changed',
  'retention_changed',
  'retention_run',
  'annotation_deleted',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Most events of one page of `GET /api/audit`. */
export const MAX_AUDIT_PAGE = 500;
export const DEFAULT_AUDIT_PAGE = 100;
