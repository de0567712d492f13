import { PerfwatchError } from '@perfwatch/contract';
import type { QueryError } from './query-error.ts';

/** `host:port/database` of a database URL, without its credentials. */
export function describeDatabase(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return 'the database';
  return `${parsed.hostname || 'localhost'}:${parsed.port || '5432'}${parsed.pathname}`;
}

/**
 * What to tell the operator when no waiting helps (wrong password, unknown database, no such role);
 * null for a database that may yet come up.
 */
export function permanentFault(error: QueryError, url: string): PerfwatchError | null {
  const database = describeDatabase(url);
  const refuse = (message: string, hint: string) => new PerfwatchError('bad_input', message, { hint, cause: error.cause });
  switch (error.sqlState) {
    case '28P01':
    case '28000':
      return refuse(
        `PostgreSQL at ${database} refused the user or password: ${error.reason}`,
        'Check the credentials in PERFWATCH_DATABASE_URL.',
      );
    case '3D000':
      return refuse(`PostgreSQL at ${database} has no such database: ${error.reason}`, 'Create it, or correct PERFWATCH_DATABASE_URL.');
    case '42501':
      return refuse(
        `The user for ${database} may not do what PerfWatch needs: ${error.reason}`,
        'Let it own the database, or grant CREATE on its schema.',
      );
    default:
      return error.code === 'unavailable'
        ? null
        : refuse(`PostgreSQL at ${database} cannot be used: ${error.reason}`, 'Check PERFWATCH_DATABASE_URL.');
  }
}
