import type { QueryRunner } from 'typeorm';
import type { DataSource } from 'typeorm/data-source/DataSource.js';
import type { StoreLog } from './log.ts';
import { QueryError } from './query-error.ts';
import type { Queryable, StoreState, TransactionOptions } from './store.ts';

const PING_WHILE_UP_MS = 10_000;
const PING_WHILE_DOWN_MS = 1000;

/** Queries and transactions over TypeORM's pool, and whether the database answers. */
export class PostgresConnections implements Queryable {
  readonly #dataSource: DataSource;
  readonly #log: StoreLog;
  #state: StoreState = { connected: true, reason: null };
  #pingTimer: NodeJS.Timeout | null = null;
  #closing: Promise<void> | null = null;

  constructor(dataSource: DataSource, log: StoreLog) {
    this.#dataSource = dataSource;
    this.#log = log;
    this.#schedulePing();
  }

  state(): StoreState {
    return this.#state;
  }

  async ping(): Promise<void> {
    await this.query('SELECT 1');
  }

  async query<Row = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.#withRunner((runner) => run<Row>(runner, sql, parameters));
  }

  async transaction<T>(work: (connection: Queryable) => Promise<T>, { signal }: TransactionOptions = {}): Promise<T> {
    return this.#withRunner(async (runner) => {
      const stopWatching = signal === undefined ? null : await breakOffWhenAborted(runner, signal);
      try {
        return await inTransaction(runner, work);
      } catch (error) {
        // That the connection is gone is our own doing, and says nothing of the database.
        signal?.throwIfAborted();
        throw error;
      } finally {
        stopWatching?.();
      }
    });
  }

  /** An idle connection broke: the next query tells whether the database is gone. */
  noteBrokenConnection(error: unknown): void {
    this.#note(new QueryError(error));
    this.#schedulePing();
  }

  close(): Promise<void> {
    this.#closing ??= this.#dataSource.destroy();
    if (this.#pingTimer !== null) clearTimeout(this.#pingTimer);
    return this.#closing;
  }

  async #withRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw new QueryError(new Error('client was closed'));
    const runner = this.#dataSource.createQueryRunner();
    try {
      const result = await work(runner);
      this.#note(null);
      return result;
    } catch (error) {
      if (error instanceof QueryError) this.#note(error);
      throw error;
    } finally {
      if (!runner.isReleased) await runner.release();
    }
  }

  /** A statement that was refused still had an answer. */
  #note(error: QueryError | null): void {
    const reason = error?.isConnectionLost === true ? `The database is not available: ${error.reason}` : null;
    const connected = reason === null;
    const changed = connected !== this.#state.connected;
    if (changed && this.#closing === null) {
      if (connected) this.#log.info({}, 'database is back');
      else this.#log.warn({ reason }, 'database is away');
    }
    if (changed || reason !== this.#state.reason) this.#state = { connected, reason };
    if (changed) this.#schedulePing();
  }

  #schedulePing(): void {
    if (this.#pingTimer !== null) clearTimeout(this.#pingTimer);
    if (this.#closing !== null) return;
    const delayMs = this.#state.connected ? PING_WHILE_UP_MS : PING_WHILE_DOWN_MS;
    this.#pingTimer = setTimeout(() => {
      // Its outcome is the state; there is nobody to tell.
      void this.ping()
        .catch(() => undefined)
        .finally(() => this.#schedulePing());
    }, delayMs);
    this.#pingTimer.unref();
  }
}

async function asQueryError<T>(outcome: Promise<T>): Promise<T> {
  try {
    return await outcome;
  } catch (error) {
    throw new QueryError(error);
  }
}

async function inTransaction<T>(runner: QueryRunner, work: (connection: Queryable) => Promise<T>): Promise<T> {
  await asQueryError(runner.startTransaction());
  try {
    const result = await work({ query: (sql, parameters = []) => run(runner, sql, parameters) });
    await asQueryError(runner.commitTransaction());
    return result;
  } catch (error) {
    // What failed first is what the caller needs; a broken connection cannot roll back and need not.
    if (runner.isTransactionActive && !runner.isReleased) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/** What TypeORM takes from the pool, as far as it is used here. The pool drops one that was ended when it is released. */
interface PooledClient {
  end(): Promise<void>;
}

/** Gives what ends the watch. Throws the signal's reason where it is aborted already. */
async function breakOffWhenAborted(runner: QueryRunner, signal: AbortSignal): Promise<() => void> {
  const client = (await asQueryError(runner.connect())) as PooledClient;
  signal.throwIfAborted();
  // Ends the statement under way, which rejects; one that the network has swallowed too.
  const breakOff = () => void client.end().catch(() => undefined);
  signal.addEventListener('abort', breakOff);
  return () => signal.removeEventListener('abort', breakOff);
}

async function run<Row>(runner: QueryRunner, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
  const result = await asQueryError(runner.query(sql, [...parameters], true));
  // The driver types nothing: what the columns are is said by whoever wrote the statement.
  return result.records as Row[];
}
