import type { Config, ConfigUpdate } from './config.ts';
import type {
  CatalogReply,
  HistoryQuery,
  HistoryReply,
  HistoryTypesReply,
  Host,
  HostsReply,
  LoginReply,
  LoginRequest,
  Me,
  PasswordChange,
  Role,
} from './http.ts';
import type { Sample } from './sample.ts';

/** Who a verified token belongs to. `tokenId` is the JWT's `jti`, `expiresAtMs` its end on the wall clock. */
export interface Identity {
  userId: string;
  username: string;
  role: Role;
  tokenId: string;
  expiresAtMs: number;
}

/**
 * Every action on the control plane: its parameters and what it answers. Errors are `PerfwatchError`s.
 * Fields are ours (camelCase) where no outsider sees them, the contract's (snake_case) where they go out as they are.
 */
export interface Actions {
  'auth.login': { params: LoginRequest & { address: string }; result: LoginReply };
  'auth.verify': { params: { token: string }; result: Identity };
  'auth.logout': { params: { identity: Identity }; result: null };
  'auth.me': { params: { identity: Identity }; result: Me };
  'auth.changePassword': { params: PasswordChange & { identity: Identity }; result: null };
  'settings.get': { params: Record<string, never>; result: Config };
  'settings.update': { params: ConfigUpdate; result: Config };
  'history.query': { params: HistoryQuery; result: HistoryReply };
  'history.types': { params: Record<string, never>; result: HistoryTypesReply };
  'history.hosts': { params: Record<string, never>; result: HostsReply };
  'history.host': { params: { host: string }; result: Host };
  'history.catalog': { params: { host?: string | undefined }; result: CatalogReply };
  /** Raw Samples of the last seconds, oldest first, at most 50,000, for the backfill of a live subscription. */
  'history.recent': {
    params: { hosts?: string[] | undefined; collectors?: string[] | undefined; seconds: number };
    result: Sample[];
  };
}
export type ActionName = keyof Actions;

/** Every event on the control plane, delivered to every process that listens. */
export interface ControlEvents {
  'settings.changed': Config;
  /** Tokens that ended before their time: one by id, or all of a user but one. */
  'auth.revoked': { tokenId: string } | { userId: string; exceptTokenId: string | null };
}
export type ControlEventName = keyof ControlEvents;
