import { setTimeout as sleep } from 'node:timers/promises';
import { PerfwatchError } from '@perfwatch/contract';
import { createApiTokenRepository } from './api-token-repository.ts';
import { createAuditEventRepository } from './audit-event-repository.ts';
import { describeDatabase, permanentFault } from './connection-fault.ts';
import { createDataSource } from './data-source.ts';
import { createLoginFailureRepository } from './login-failure-repository.ts';
import type { StoreLog } from './log.ts';
import { migrate } from './migrate.ts';
import { PostgresConnections } from './postgres-connections.ts';
import { QueryError } from './query-error.ts';
import { createSessionRepository } from './session-repository.ts';
import { createSettingRepository } from './setting-repository.ts';
import type { Queryable, Repositories, Store } from './store.ts';
import { createUserRepository } from './user-repository.ts';

const DEFAULT_POOL_SIZE = 8;
const DEFAULT_WAIT_MS = 60_000;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;

export interface OpenStoreOptions {
  /** `postgres://user:password@host:port/database` */
  url: string;
  /** PEM file of whoever signed the server's certificate, for `?sslmode=verify-full`; null or absent: whom Node trusts. */
  caFile?: string | null;
  log: StoreLog;
  /** Most connections at once; default 8. */
  poolSize?: number;
  /** How long to wait for a database that is not there yet; null for ever. Default a minute. */
  waitMs?: number | null;
  /** Ends the wait. */
  signal?: AbortSignal;
}

/**
 * Connects to PostgreSQL and brings its schema up to date. Waits for a database that is away, saying so once.
 * Throws PerfwatchError: 'unavailable' when it is still away after `waitMs` or the signal aborted, 'bad_input' for wrong
 * credentials, an unknown database or a server older than 15, 'conflict' for a schema that a newer PerfWatch made.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { url, log, waitMs = DEFAULT_WAIT_MS, signal } = options;
  const startedMs = performance.now();
  let retryMs = FIRST_RETRY_MS;
  for (;;) {
    const outcome = await tryToOpen(options);
    if (!(outcome instanceof QueryError)) return outcome;
    const fault = permanentFault(outcome, url);
    if (fault !== null) throw fault;
    const waitedMs = performance.now() - startedMs;
    if (signal?.aborted === true || (waitMs !== null && waitedMs + retryMs > waitMs)) throw stillAway(outcome, options);
    if (retryMs === FIRST_RETRY_MS) log.warn({ database: describeDatabase(url), reason: outcome.reason }, 'waiting for the database');
    await sleep(retryMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
  }
}

function stillAway(error: QueryError, { url }: OpenStoreOptions): PerfwatchError {
  return new PerfwatchError('unavailable', `PostgreSQL at ${describeDatabase(url)} does not answer: ${error.reason}`, {
    hint: 'Start it, or correct PERFWATCH_DATABASE_URL.',
    cause: error.cause,
  });
}

/** The store, or what the database answered; throws what no waiting helps against. */
async function tryToOpen({ url, caFile = null, log, poolSize = DEFAULT_POOL_SIZE }: OpenStoreOptions): Promise<Store | QueryError> {
  const opened: { connections: PostgresConnections | null } = { connections: null };
  const onPoolError = (error: unknown) => opened.connections?.noteBrokenConnection(error);
  const dataSource = createDataSource({ url, caFile, log, poolSize, onPoolError });
  try {
    await dataSource.initialize();
    await migrate(dataSource, log);
    const connections = (opened.connections = new PostgresConnections(dataSource, log));
    return storeOver(connections);
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy().catch(() => undefined);
    if (error instanceof PerfwatchError) throw error;
    return new QueryError(error);
  }
}

function repositoriesOver(database: Pick<Store, 'query' | 'transaction'>): Repositories {
  return {
    users: createUserRepository(database),
    apiTokens: createApiTokenRepository(database),
    sessions: createSessionRepository(database),
    loginFailures: createLoginFailureRepository(database),
    settings: createSettingRepository(database),
    auditEvents: createAuditEventRepository(database),
  };
}

/** A transaction of a repository within another is part of that one. */
function repositoriesWithin(connection: Queryable): Repositories & Queryable {
  const query: Queryable['query'] = (sql, parameters) => connection.query(sql, parameters);
  return { ...repositoriesOver({ query, transaction: (work) => work(connection) }), query };
}

function storeOver(connections: PostgresConnections): Store {
  return {
    state: () => connections.state(),
    ping: () => connections.ping(),
    query: (sql, parameters) => connections.query(sql, parameters),
    transaction: (work, options) => connections.transaction(work, options),
    atomically: (work) => connections.transaction((connection) => work(repositoriesWithin(connection))),
    ...repositoriesOver(connections),
    close: () => connections.close(),
  };
}
