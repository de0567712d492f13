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
}

/** PostgreSQL, migrated. Opened by `openStore`, which waits for the database and runs the migrations under a lock. */
export interface Store extends Queryable {
  state(): StoreState;
  /** Resolves when the database answers; rejects with PerfwatchError('unavailable') otherwise. */
  ping(): Promise<void>;
  /** Runs `work` in one transaction: commits what it returns, rolls back what it throws. Throws the signal's reason when it is aborted. */
  transaction<T>(work: (connection: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>;
  readonly users: UserRepository;
  readonly settings: SettingRepository;
  close(): Promise<void>;
}
