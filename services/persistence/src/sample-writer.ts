import { sqlStateOf, type Queryable, type Store } from '@perfwatch/store';
import type { SamplePartitions } from './sample-partitions.ts';
import type { Incoming, Refusal, SampleRow } from './sample-row.ts';
import type { SeenNames } from './seen-names.ts';

const COLUMNS = `host text, collector text, ts timestamptz, run text, seq bigint, interval_ms double precision,
  elapsed_ms double precision, status text, reason text, metrics json`;

/**
 * One JSON parameter for the whole batch: as fast in the server as arrays or a list of VALUES, at half the CPU time here; nothing at all
 * where the messages themselves are the rows. Ordered, so that replicas that insert the same rows (a redelivery) cannot wait for each other
 * in a circle.
 */
const INSERT_SAMPLES = `
  INSERT INTO sample SELECT * FROM json_to_recordset($1::json) AS x(${COLUMNS})
  ON CONFLICT (host, collector, ts) DO NOTHING`;

const UPSERT_STATES = `
  INSERT INTO collector_state (host, collector, last_sample, status, reason, interval_ms)
  SELECT host, collector, ts, coalesce(status, 'ok'), reason, interval_ms FROM json_to_recordset($1::json)
      AS x(host text, collector text, ts timestamptz, status text, reason text, interval_ms double precision)
  ON CONFLICT (host, collector) DO UPDATE
     SET last_sample = excluded.last_sample, status = excluded.status, reason = excluded.reason, interval_ms = excluded.interval_ms
   WHERE collector_state.last_sample < excluded.last_sample`;

const INSERT_HOSTS = `
  INSERT INTO host (host, first_seen) SELECT host, ts FROM json_to_recordset($1::json) AS x(host text, ts timestamptz)
  ON CONFLICT (host) DO NOTHING`;

/** Data exception, constraint violation, limit of a type exceeded: the row is at fault, and would be the next time. */
const ROW_REFUSED = /^(22|23|54)/;
/** Of the constraints it is the one that has nothing to do with the row: its partition was dropped meanwhile. */
const NO_PARTITION = '23514';
/** Most hosts remembered as stored already. */
const MAX_KNOWN_HOSTS = 50_000;

export interface SampleWriterParts {
  store: Store;
  partitions: SamplePartitions;
  seenNames: SeenNames;
}

/** Stores batches of Samples, with what else they tell: hosts, the state of collectors, names of metrics and instances. */
export class SampleWriter {
  readonly #parts: SampleWriterParts;
  #knownHosts = new Set<string>();

  constructor(parts: SampleWriterParts) {
    this.#parts = parts;
  }

  /**
   * Commits every row that PostgreSQL takes and returns the others, each with its reason. Rows that are there already stay.
   * Throws PerfwatchError when the database is away or refuses for another reason than the rows; then some may be stored.
   */
  async store(batch: readonly Incoming[]): Promise<Refusal[]> {
    if (batch.length === 0) return [];
    try {
      await this.#storeWithPartitions(batch, asTheyCame);
      return [];
    } catch (error) {
      if (!isRowRefused(error)) throw error;
      // PostgreSQL reads some JSON more strictly than JavaScript, such as 1e3 for a whole number: what JavaScript made of it is what counts.
      return this.#storeRewritten(batch);
    }
  }

  async #storeRewritten(batch: readonly Incoming[]): Promise<Refusal[]> {
    const [only] = batch;
    if (only === undefined) return [];
    try {
      await this.#storeWithPartitions(batch, rewritten);
      return [];
    } catch (error) {
      if (!isRowRefused(error)) throw error;
      if (batch.length === 1) return [refusalOf(only, error)];
    }
    const middle = batch.length >> 1;
    return [...(await this.#storeRewritten(batch.slice(0, middle))), ...(await this.#storeRewritten(batch.slice(middle)))];
  }

  async #storeWithPartitions(batch: readonly Incoming[], toParameter: ToParameter): Promise<void> {
    const { partitions } = this.#parts;
    const times = batch.map(({ tsMs }) => tsMs);
    await partitions.ensure(times);
    try {
      await this.#storeInOneTransaction(batch, toParameter);
    } catch (error) {
      if (sqlStateOf(error) !== NO_PARTITION) throw error;
      partitions.forget();
      await partitions.ensure(times);
      await this.#storeInOneTransaction(batch, toParameter);
    }
  }

  async #storeInOneTransaction(batch: readonly Incoming[], toParameter: ToParameter): Promise<void> {
    const { store, seenNames } = this.#parts;
    const ordered = [...batch].sort(byKey);
    const rows = ordered.map(({ row }) => row);
    const names = seenNames.findNew(batch);
    const hosts = newestPer(rows, ({ host }) => host).filter(({ host }) => !this.#knownHosts.has(host));
    await store.transaction(async (connection) => {
      if (hosts.length > 0) await connection.query(INSERT_HOSTS, [parameterOf(hosts)]);
      await connection.query(INSERT_SAMPLES, [toParameter(ordered)]);
      await this.#storeStates(connection, rows);
      await seenNames.write(connection, names);
    });
    seenNames.markWritten(names);
    if (this.#knownHosts.size > MAX_KNOWN_HOSTS) this.#knownHosts = new Set();
    for (const { host } of hosts) this.#knownHosts.add(host);
  }

  async #storeStates(connection: Queryable, rows: readonly SampleRow[]): Promise<void> {
    const newest = newestPer(rows, ({ host, collector }) => `${host} ${collector}`);
    await connection.query(UPSERT_STATES, [parameterOf(newest)]);
  }
}

/** The rows of a batch as one JSON parameter. */
type ToParameter = (batch: readonly Incoming[]) => string | Uint8Array;

const rewritten: ToParameter = (batch) => JSON.stringify(batch.map(({ row }) => row));

const OPEN = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from(']');

/** The messages' own bytes, which are JSON that has been read already. A time in another form than the table's key is put into that first. */
const asTheyCame: ToParameter = (batch) => {
  const parts = batch.flatMap(({ message, row, isCanonical }, index) => [
    index === 0 ? OPEN : COMMA,
    isCanonical ? message.payload : Buffer.from(JSON.stringify(row)),
  ]);
  return Buffer.concat([...parts, CLOSE]);
};

function isRowRefused(error: unknown): boolean {
  const state = sqlStateOf(error) ?? '';
  return state !== NO_PARTITION && ROW_REFUSED.test(state);
}

/** JSON without the metrics, which these statements do not read. */
function parameterOf(rows: readonly SampleRow[]): string {
  return JSON.stringify(
    rows.map(({ host, collector, ts, status, reason, interval_ms }) => ({ host, collector, ts, status, reason, interval_ms })),
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

function byKey({ row: a }: Incoming, { row: b }: Incoming): number {
  return compare(a.host, b.host) || compare(a.collector, b.collector) || compare(a.ts, b.ts);
}

/** The last of each key; rows are in order of time within a key. */
function newestPer(rows: readonly SampleRow[], keyOf: (row: SampleRow) => string): SampleRow[] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

function refusalOf({ message }: Incoming, error: unknown): Refusal {
  const reason = error instanceof Error ? error.message : String(error);
  return { subject: message.subject, payload: message.payload, reason: `${reason} (SQLSTATE ${sqlStateOf(error) ?? 'unknown'})` };
}
