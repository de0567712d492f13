import { PerfwatchError } from '@perfwatch/contract';

/** Classes and codes of SQLSTATE that mean the server, not the statement: connection lost, out of resources, shutting down. */
const UNAVAILABLE_STATE = /^(08|53|57P0|58|XX)/;
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const UNAVAILABLE_MESSAGE =
  /connection terminated|timeout exceeded when trying to connect|connection error|not queryable|already released|pool after calling end|client was closed/i;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** A statement that failed: `unavailable` when the database is away, `internal` when it refused. The driver's error is the cause. */
export class QueryError extends PerfwatchError {
  /** Five characters of PostgreSQL's appendix A; null when the server said nothing. */
  readonly sqlState: string | null;

  constructor(error: unknown) {
    const driverError = driverErrorOf(error);
    const sqlState = stateOf(driverError);
    const isAway = isUnavailable(driverError, sqlState);
    const reason = messageOf(driverError);
    super(
      isAway ? 'unavailable' : 'internal',
      isAway ? `The database is not available: ${reason}` : `The database refused a statement: ${reason}`,
      {
        cause: driverError,
      },
    );
    this.name = 'QueryError';
    this.sqlState = sqlState;
  }
}

/** SQLSTATE of what a query threw; null for any other error. */
export function sqlStateOf(error: unknown): string | null {
  return error instanceof QueryError ? error.sqlState : null;
}

/** TypeORM's wrapper holds the statement and its parameters: a whole batch that no log should show. */
function driverErrorOf(error: unknown): unknown {
  return error instanceof Error && 'driverError' in error ? error.driverError : error;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function stateOf(error: unknown): string | null {
  const code = codeOf(error);
  return code !== null && SQLSTATE.test(code) && !UNAVAILABLE_CODES.has(code) ? code : null;
}

function isUnavailable(error: unknown, sqlState: string | null): boolean {
  if (sqlState !== null) return UNAVAILABLE_STATE.test(sqlState);
  const code = codeOf(error);
  return (code !== null && UNAVAILABLE_CODES.has(code)) || UNAVAILABLE_MESSAGE.test(messageOf(error));
}

/** One line. An AggregateError (every address of a name refused) has none of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}
