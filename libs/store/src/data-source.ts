import type { Logger } from 'typeorm';
// The package's index loads every part of TypeORM, commands included: three times as long to start.
import { DataSource } from 'typeorm/data-source/DataSource.js';
import { ENTITIES } from './entities.ts';
import type { StoreLog } from './log.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { databaseAddress } from './tls-options.ts';

const CONNECT_TIMEOUT_MS = 5000;
const IDLE_TIMEOUT_MS = 30_000;
/** No statement of ours takes long; one that does holds locks that others wait for. */
const STATEMENT_TIMEOUT_MS = 120_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;

export const MIGRATIONS_TABLE = 'schema_migration';

export interface DataSourceOptions {
  url: string;
  /** Who may have signed the server's certificate; null: whom Node trusts. */
  caFile?: string | null;
  log: StoreLog;
  poolSize: number;
  /** Told of a connection that broke while nobody used it. */
  onPoolError: (error: unknown) => void;
}

/** TypeORM's data source for `url`, not yet connected. */
export function createDataSource({ url, caFile = null, log, poolSize, onPoolError }: DataSourceOptions): DataSource {
  const address = databaseAddress(url, caFile);
  return new DataSource({
    type: 'postgres',
    url: address.url,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    // Names gen_random_uuid() as the default of uuid columns; it has been part of PostgreSQL itself since 13.
    uuidExtension: 'pgcrypto',
    applicationName: 'perfwatch',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolSize,
    poolErrorHandler: onPoolError,
    logger: typeormLogger(log),
    extra: {
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      keepAlive: true,
      ssl: address.ssl,
      // Statements of one transaction need not wait for each other's answers.
      pipeline: true,
    },
  });
}

/** Failed statements reach their caller as errors; here they would be logged twice, parameters and all. */
function typeormLogger(log: StoreLog): Logger {
  return {
    logQuery: () => undefined,
    logQueryError: () => undefined,
    logQuerySlow: () => undefined,
    logSchemaBuild: (message) => log.debug({}, message),
    logMigration: (message) => log.debug({}, message),
    log: (level, message) => (level === 'warn' ? log.warn({}, String(message)) : log.debug({}, String(message))),
  };
}
