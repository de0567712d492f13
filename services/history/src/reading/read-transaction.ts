import { sqlStateOf, type Queryable, type Store } from '@perfwatch/store';
import type { Deadline } from './deadline.ts';

const CANCELED = '57014';
/** The server is told anew how long a statement may take when so much less is left than it knows: telling it costs a round trip. */
const UNTOLD_MS = 1000;
/** How long beyond the deadline the server may take to say that it has ended a statement; then it is listened to no more. */
const SILENCE_MS = UNTOLD_MS + 500;

/**
 * Reads on one connection, each statement with a snapshot of its own: what is sealed meanwhile is seen by the next. Nobody can drop what has
 * been read until the end, so it must not take long: the server ends a statement that outlasts the deadline, and a connection on which
 * nothing comes even then is broken off. Throws PerfwatchError('unavailable') in either case.
 */
export async function inReadTransaction<T>(
  { store, deadline }: { store: Store; deadline: Deadline },
  work: (connection: Queryable) => Promise<T>,
): Promise<T> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(deadline.exceeded()), deadline.leftMs + SILENCE_MS);
  try {
    const statementTimeoutMs = deadline.statementMs();
    return await store.transaction((connection) => work(new TimedConnection(connection, { deadline, toldMs: statementTimeoutMs })), {
      ...{ signal: silence.signal, statementTimeoutMs, keepsPlans: true },
    });
  } catch (error) {
    if (sqlStateOf(error) !== CANCELED) throw error;
    throw deadline.exceeded(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Statements of a transaction, none of which the server goes on with much longer than until the deadline. */
class TimedConnection implements Queryable {
  readonly #connection: Queryable;
  readonly #deadline: Deadline;
  #toldMs: number;

  constructor(connection: Queryable, { deadline, toldMs }: { deadline: Deadline; toldMs: number }) {
    this.#connection = connection;
    this.#deadline = deadline;
    this.#toldMs = toldMs;
  }

  async query<Row = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    const leftMs = this.#deadline.statementMs();
    if (leftMs < this.#toldMs - UNTOLD_MS) {
      await this.#connection.query(`SELECT set_config('statement_timeout', $1, true)`, [String(leftMs)]);
      this.#toldMs = leftMs;
    }
    return this.#connection.query<Row>(sql, parameters);
  }
}
