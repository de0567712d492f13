import type { AnnotationRecord, AnnotationRemoved, AnnotationsQuery, AnnotationsReply, NewAnnotation } from './annotation.ts';
import type { Actor, AuditQuery, AuditReply } from './audit.ts';
import type { CompareQuery, CompareReply } from './compare.ts';
import type { CollectionConfig, Config, ConfigUpdate } from './config.ts';
import type { ExportQuery, HistoryPage, HistoryQuery, HistoryTypesReply } from './history.ts';
import type { CatalogReply, Host, HostsReply, LoginReply, LoginRequest, Me, PasswordChange, Role, TokenScope } from './http.ts';
import type { UserPreferences } from './preferences.ts';
import type { RetentionPolicy, RetentionReply, RetentionRun, RetentionUpdate } from './retention.ts';
import type { Sample } from './sample.ts';
import type { SessionsReply } from './sessions.ts';
import type { ApiTokensReply, CreatedApiToken, NewApiToken } from './tokens.ts';
import type { NewUserRequest, UserRecord, UsersReply, UserUpdate } from './users.ts';

/**
 * Who a verified token belongs to. `tokenId` is the session of a log-in, whichever of its access tokens it is, or the API token's id;
 * `expiresAtMs` the token's end on the wall clock, null for an API token without one. `scope` is null for a log-in, which may whatever the role may.
 */
export interface Identity {
  userId: string;
  username: string;
  role: Role;
  tokenId: string;
  expiresAtMs: number | null;
  scope: TokenScope | null;
}

/** Where a log-in comes from. */
export interface Caller {
  address: string;
  /** As the program names itself, null where it does not. */
  userAgent?: string | null;
}

/** What a log-in or its renewal gives. */
export interface IssuedTokens extends LoginReply {
  /** For a cookie that outlives the access token; null where the log-in asked for none. */
  refresh: { token: string; lifetimeSeconds: number } | null;
}

/**
 * Every action on the control plane: its parameters and what it answers. Errors are `PerfwatchError`s.
 * Fields are ours (camelCase) where no outsider sees them, the contract's (snake_case) where they go out as they are.
 * What the audit trail tells of has `by`: who asked for it, from where.
 */
export interface Actions {
  'auth.login': { params: LoginRequest & Caller; result: IssuedTokens };
  /** Takes a refresh token for the next, and a new access token. */
  'auth.refresh': { params: { token: string } & Caller; result: IssuedTokens };
  'auth.verify': { params: { token: string }; result: Identity };
  'auth.logout': { params: { identity: Identity; by: Actor }; result: null };
  'auth.me': { params: { identity: Identity }; result: Me };
  'auth.changePassword': { params: PasswordChange & { identity: Identity; by: Actor }; result: null };
  'auth.listSessions': { params: { identity: Identity }; result: SessionsReply };
  'auth.endSession': { params: { identity: Identity; id: string; by: Actor }; result: null };
  /** Those of `tokenIds` (as in `Identity`) that are over. */
  'auth.findEnded': { params: { tokenIds: string[] }; result: { tokenIds: string[] } };
  'auth.preferences': { params: { identity: Identity }; result: UserPreferences };
  /** Changes the keys that `change` has; answers all. */
  'auth.setPreferences': { params: { identity: Identity; change: UserPreferences }; result: UserPreferences };
  'auth.listUsers': { params: Record<string, never>; result: UsersReply };
  'auth.addUser': { params: NewUserRequest & { by: Actor }; result: UserRecord };
  'auth.updateUser': { params: UserUpdate & { id: string; by: Actor }; result: UserRecord };
  'auth.removeUser': { params: { id: string; by: Actor }; result: null };
  'auth.listTokens': { params: Record<string, never>; result: ApiTokensReply };
  'auth.createToken': { params: NewApiToken & { by: Actor }; result: CreatedApiToken };
  'auth.removeToken': { params: { id: string; by: Actor }; result: null };
  'auth.auditEvents': { params: AuditQuery; result: AuditReply };
  'settings.get': { params: Record<string, never>; result: Config };
  'settings.update': { params: ConfigUpdate & { by: Actor }; result: Config };
  /** The reply of `GET /api/history/metrics` as JSON text, in pages: `cursor` is the `next` of the page before. */
  'history.query': { params: HistoryQuery & { cursor?: string | undefined }; result: HistoryPage };
  /** A file of `GET /api/history/export`, in pages. */
  'history.export': { params: ExportQuery & { cursor?: string | undefined }; result: HistoryPage };
  'history.compare': { params: CompareQuery; result: CompareReply };
  'history.annotations': { params: AnnotationsQuery; result: AnnotationsReply };
  'history.types': { params: Record<string, never>; result: HistoryTypesReply };
  'history.hosts': { params: Record<string, never>; result: HostsReply };
  'history.host': { params: { host: string }; result: Host };
  'history.catalog': { params: { host?: string | undefined }; result: CatalogReply };
  /** Raw Samples of the last seconds, oldest first, at most 50,000, for the backfill of a live subscription. */
  'history.recent': {
    params: { hosts?: string[] | undefined; collectors?: string[] | undefined; seconds: number };
    result: Sample[];
  };
  /** Stores a mark and tells everyone of it. */
  'persistence.annotate': { params: NewAnnotation; result: AnnotationRecord };
  'persistence.removeAnnotation': { params: { id: string; by: Actor }; result: null };
  'retention.get': { params: Record<string, never>; result: RetentionReply };
  'retention.update': { params: RetentionUpdate & { by: Actor }; result: RetentionReply };
  /** Runs it now; what it did. */
  'retention.run': { params: { by: Actor }; result: RetentionRun };
}
export type ActionName = keyof Actions;

/** Every event on the control plane, delivered to every process of services that listens. */
export interface ControlEvents {
  'settings.changed': Config;
  /** What the collectors of one process run by; never leaves it. */
  'collection.changed': CollectionConfig;
  /** A mark that is no longer there. */
  'annotation.removed': AnnotationRemoved;
  /** Another policy holds from now on. */
  'retention.changed': RetentionPolicy;
  /** Sessions and API tokens that ended before their time: one by id, all log-ins of a user but one, or everything of a user. */
  'auth.revoked': { tokenId: string } | { userId: string; exceptTokenId: string | null; apiTokensToo?: boolean };
}
export type ControlEventName = keyof ControlEvents;
