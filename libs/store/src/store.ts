import type { ApiTokenRepository } from './api-token-repository.ts';
import type { AuditEventRepository } from './audit-event-repository.ts';
import type { LoginFailureRepository } from './login-failure-repository.ts';
import type { SessionRepository } from './session-repository.ts';
import type { SettingRepository } from './setting-repository.ts';
import type { UserRepository } from './user-repository.ts';

export interface StoreState {
  connected: boolean;
  reason: string | null;
}

/** Runs SQL with positional parameters ($1, $2, ...) and gives the rows. */
export interface Queryable {
  query<Row = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

export interface TransactionOptions {
  /** When it is aborted the connection is broken off, whatever it waits for, and used no more. */
  signal?: AbortSignal;
  /** How long each statement may take, in milliseconds. Default: that of every connection. */
  statementTimeoutMs?: number;
  /** Statements with parameters are prepared once by each connection: for a few texts that are sent again and again. */
  keepsPlans?: boolean;
}

/** What is stored of users, tokens, settings and what happened to them. */
export interface Repositories {
  readonly users: UserRepository;
  readonly apiTokens: ApiTokenRepository;
  readonly sessions: SessionRepository;
  readonly loginFailures: LoginFailureRepository;
  readonly settings: SettingRepository;
  readonly auditEvents: AuditEventRepository;
}

/** PostgreSQL, migrated. Opened by `openStore`, which waits for the database and runs the migrations under a lock. */
export interface Store extends Queryable, Repositories {
  state(): StoreState;
  /** Resolves when the database answers; rejects with PerfwatchError('unavailable') otherwise. */
  ping(): Promise<void>;
  /**
   * Runs `work` in one transaction: commits what it returns, rolls back what it throws. Throws the signal's reason when it is aborted.
   * Statements sent before others were answered run in that order, and wait for each other's answers only in the database.
   */
  transaction<T>(work: (connection: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Runs `work` over the repositories of one transaction: all of what it changes is kept, or nothing when it throws. */
  atomically<T>(work: (repositories: Repositories & Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
