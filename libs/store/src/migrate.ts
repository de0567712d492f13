import { PerfwatchError } from '@perfwatch/contract';
import type { QueryRunner } from 'typeorm';
import type { DataSource } from 'typeorm/data-source/DataSource.js';
import { MigrationExecutor } from 'typeorm/migration/MigrationExecutor.js';
import { MIGRATIONS_TABLE } from './data-source.ts';
import type { StoreLog } from './log.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** Any number that no other program on the same database uses: "PERF" in ASCII. */
const MIGRATION_LOCK = 0x50455246;
const MIN_SERVER_VERSION = 150_000;

/**
 * Brings the schema up to date, under a lock so that replicas which start together do it once.
 * Throws PerfwatchError: 'bad_input' for a server older than PostgreSQL 15, 'conflict' for a schema that a newer PerfWatch made.
 */
export async function migrate(dataSource: DataSource, log: StoreLog): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await requireSupportedServer(runner);
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      await requireKnownSchema(runner);
      const executor = new MigrationExecutor(dataSource, runner);
      executor.transaction = 'each';
      const done = await executor.executePendingMigrations();
      if (done.length > 0) log.info({ migrations: done.map(({ name }) => name) }, 'database schema is up to date');
    } finally {
      // A connection that broke has given the lock up by itself.
      if (!runner.isReleased) await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    }
  } finally {
    await runner.release();
  }
}

async function rowsOf<Row>(runner: QueryRunner, sql: string, parameters: unknown[] = []): Promise<Row[]> {
  const result = await runner.query(sql, parameters, true);
  return result.records as Row[];
}

async function requireSupportedServer(runner: QueryRunner): Promise<void> {
  const [server] = await rowsOf<{ number: number; text: string }>(
    runner,
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text`,
  );
  if (server === undefined || server.number >= MIN_SERVER_VERSION) return;
  throw new PerfwatchError('bad_input', `The database is PostgreSQL ${server.text}; PerfWatch needs 15 or later`, {
    hint: 'Upgrade the server, or name another in PERFWATCH_DATABASE_URL.',
  });
}

async function requireKnownSchema(runner: QueryRunner): Promise<void> {
  const [table] = await rowsOf<{ exists: boolean }>(runner, 'SELECT to_regclass($1) IS NOT NULL AS exists', [MIGRATIONS_TABLE]);
  if (table?.exists !== true) return;
  const known = MIGRATIONS.map((migration) => migration.name);
  const [unknown] = await rowsOf<{ name: string }>(
    runner,
    `SELECT name FROM ${MIGRATIONS_TABLE} WHERE name <> ALL ($1::text[]) ORDER BY timestamp DESC LIMIT 1`,
    [known],
  );
  if (unknown === undefined) return;
  throw new PerfwatchError('conflict', `The database was made by a newer version of PerfWatch (it has the migration ${unknown.name})`, {
    hint: 'Run that version or a newer one; the database is left as it is.',
  });
}
