import { createHash } from 'node:crypto';
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

  async transaction<T>(work: (connection: Queryable) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { signal } = options;
    return this.#withRunner(async (runner) => {
      const client = (await asQueryError(runner.connect())) as PooledClient;
      const stopWatching = signal === undefined ? null : breakOffWhenAborted(client, signal);
      try {
        return await inTransaction(client, work, options);
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

/** Statements go out as they come, without waiting for the answers to others. */
async function inTransaction<T>(
  client: PooledClient,
  work: (connection: Queryable) => Promise<T>,
  { statementTimeoutMs, keepsPlans = false }: TransactionOptions,
): Promise<T> {
  const begin = statementTimeoutMs === undefined ? 'BEGIN' : `BEGIN; SET LOCAL statement_timeout = ${Math.ceil(statementTimeoutMs)}`;
  await asQueryError(client.query({ text: begin }));
  try {
    const result = await work({
      async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
        const name = keepsPlans && parameters.length > 0 ? planName(sql) : undefined;
        const { rows } = await asQueryError(client.query({ text: sql, values: parameters, name }));
        // The driver types nothing: what the columns are is said by whoever wrote the statement.
        return rows as Row[];
      },
    });
    await asQueryError(client.query({ text: 'COMMIT' }));
    return result;
  } catch (error) {
    // What failed first is what the caller needs; a broken connection cannot roll back and need not.
    await client.query({ text: 'ROLLBACK' }).catch(() => undefined);
    throw error;
  }
}

/** PostgreSQL keeps 63 bytes of a name. */
const planName = (sql: string) => createHash('sha256').update(sql).digest('base64url');

/** The driver's client, which TypeORM takes from the pool, as far as it is used here. The pool drops one whose connection is gone when it is released. */
interface PooledClient {
  query(statement: { text: string; values?: readonly unknown[]; name?: string | undefined }): Promise<{ rows: unknown[] }>;
  connection: { stream: { destroy(): void } };
}

/** Gives what ends the watch. Throws the signal's reason where it is aborted already. */
function breakOffWhenAborted(client: PooledClient, signal: AbortSignal): () => void {
  signal.throwIfAborted();
  // Statements under way reject, those that the network has swallowed too. A client that pipelines would wait for them before its end.
  const breakOff = () => client.connection.stream.destroy();
  signal.addEventListener('abort', breakOff);
  return () => signal.removeEventListener('abort', breakOff);
}

async function run<Row>(runner: QueryRunner, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
  const result = await asQueryError(runner.query(sql, [...parameters], true));
  // The driver types nothing: what the columns are is said by whoever wrote the statement.
  return result.records as Row[];
}
