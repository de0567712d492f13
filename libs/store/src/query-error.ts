import { PerfwatchError } from '@perfwatch/contract';

/** SQLSTATE when there is no connection to be had: lost, refused, too many, server starting or shutting down. */
const CONNECTION_LOST_STATE = /^(08|57P0|53300)/;
/** SQLSTATE when the server is in trouble rather than the statement: out of disk or memory, input/output error. */
const SERVER_TROUBLE_STATE = /^(53|58)/;
const LOST_CODES = new Set([
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
const LOST_MESSAGE =
  /connection terminated|timeout exceeded when trying to connect|connection error|not queryable|already released|pool after calling end|client was closed/i;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * A statement that failed: `unavailable` when the database is away or in trouble, `internal` when it refused. The driver's error is
 * the cause. Whoever sends a request may read the message of the first kind, so it names no address: that is in `reason`.
 */
export class QueryError extends PerfwatchError {
  /** What the driver said, in one line: for the log and the operator. */
  readonly reason: string;
  /** Five characters of PostgreSQL's appendix A; null when the server said nothing. */
  readonly sqlState: string | null;
  /** Whether there was no server to answer. */
  readonly isConnectionLost: boolean;

  constructor(error: unknown) {
    const driverError = driverErrorOf(error);
    const sqlState = stateOf(driverError);
    const isConnectionLost = isLost(driverError, sqlState);
    const isAway = isConnectionLost || SERVER_TROUBLE_STATE.test(sqlState ?? '');
    const reason = messageOf(driverError);
    const cause = driverError;
    if (isAway) super('unavailable', 'The database is not available', { hint: 'Try again in a moment.', cause });
    else super('internal', `The database refused a statement: ${reason}`, { cause });
    this.name = 'QueryError';
    this.reason = reason;
    this.sqlState = sqlState;
    this.isConnectionLost = isConnectionLost;
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
  return code !== null && SQLSTATE.test(code) && !LOST_CODES.has(code) ? code : null;
}

function isLost(error: unknown, sqlState: string | null): boolean {
  if (sqlState !== null) return CONNECTION_LOST_STATE.test(sqlState);
  const code = codeOf(error);
  return (code !== null && LOST_CODES.has(code)) || LOST_MESSAGE.test(messageOf(error));
}

/** One line. An AggregateError (every address of a name refused) has none of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ');
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}
