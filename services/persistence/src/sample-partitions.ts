import { sqlStateOf, type Queryable, type Store } from '@perfwatch/store';
import { RAW_KEPT_MS } from '@perfwatch/contract';

/**
 * One partition holds one hour: the unit in which history is closed, so that an hour can go the moment nothing needs its rows.
 * Seven days are 168 of them, which PostgreSQL prunes by binary search.
 */
const PARTITION_MS = 3_600_000;
/** Made before they are needed: an outage of the job shorter than this costs ingestion nothing. */
const HOURS_AHEAD = 6;
/** Any number that nothing else in this database locks: "PART" in ASCII. */
const PARTITION_LOCK = 0x50415254;
/** Dropping waits for queries that still read; meanwhile inserts queue up behind it, so it gives up soon and is tried again. */
const DROP_LOCK_TIMEOUT_MS = 500;
const LOCK_NOT_AVAILABLE = '55P03';
const NAME = /^sample_(\d{4})(\d{2})(\d{2})_(\d{2})$/;

/** Start of the hour that holds `tsMs`. */
export function partitionStart(tsMs: number): number {
  return Math.floor(tsMs / PARTITION_MS) * PARTITION_MS;
}

/** `sample_20261123_19` */
export function partitionName(startMs: number): string {
  const [day = '', hour = ''] = new Date(startMs).toISOString().slice(0, 13).split('T');
  return `sample_${day.replaceAll('-', '')}_${hour}`;
}

/** Start of the hour that a partition's name says; null for a table that is not one of ours. */
export function partitionStartOf(name: string): number | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const [, year, month, day, hour] = match;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour));
}

/** The hourly partitions of `sample`: made ahead and on demand, dropped when they are old. Any number of replicas may run. */
export class SamplePartitions {
  readonly #store: Store;
  /** Hours known to be there. Bounded by what is accepted: seven days, and those ahead. */
  #known = new Set<number>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Makes the partitions that `times` (milliseconds) need and that are not there. */
  async ensure(times: Iterable<number>): Promise<void> {
    const missing = new Set<number>();
    for (const tsMs of times) {
      const start = partitionStart(tsMs);
      if (!this.#known.has(start)) missing.add(start);
    }
    if (missing.size === 0) return;
    this.#known = await this.#store.transaction(async (connection) => {
      await connection.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
      const present = await listPartitions(connection);
      for (const start of missing) {
        if (present.has(start)) continue;
        await createPartition(connection, start);
        present.add(start);
      }
      return present;
    });
  }

  /** Makes the hours ahead of `nowMs`. */
  makeAhead(nowMs: number): Promise<void> {
    return this.ensure(Array.from({ length: HOURS_AHEAD + 1 }, (_, hour) => nowMs + hour * PARTITION_MS));
  }

  /** Drops what ended before the kept time; returns the names. One that is being read stays for the next time. */
  async dropOld(nowMs: number): Promise<string[]> {
    const present = await listPartitions(this.#store);
    const dropped: string[] = [];
    for (const start of [...present].sort((a, b) => a - b)) {
      if (start + PARTITION_MS > nowMs - RAW_KEPT_MS) break;
      if (await this.#drop(start)) dropped.push(partitionName(start));
    }
    return dropped;
  }

  /** Forgets what it knows, after an insert found no partition: another replica dropped it. */
  forget(): void {
    this.#known = new Set();
  }

  async #drop(start: number): Promise<boolean> {
    try {
      return await this.#store.transaction(async (connection) => {
        const [lock] = await connection.query<{ free: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS free', [PARTITION_LOCK]);
        if (lock?.free !== true) return false;
        await connection.query(`SET LOCAL lock_timeout = ${DROP_LOCK_TIMEOUT_MS}`);
        await connection.query(`DROP TABLE IF EXISTS ${partitionName(start)}`);
        this.#known.delete(start);
        return true;
      });
    } catch (error) {
      if (sqlStateOf(error) === LOCK_NOT_AVAILABLE) return false;
      throw error;
    }
  }
}

async function listPartitions(connection: Queryable): Promise<Set<number>> {
  const rows = await connection.query<{ name: string }>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'sample'::regclass`,
  );
  return new Set(rows.map(({ name }) => partitionStartOf(name)).filter((start) => start !== null));
}

/**
 * Made apart and attached, because CREATE TABLE ... PARTITION OF would lock every reader and writer of `sample` out meanwhile.
 * Names and bounds cannot be parameters of such a statement; both come from a number.
 */
async function createPartition(connection: Queryable, start: number): Promise<void> {
  const name = partitionName(start);
  const bound = (ms: number) => `'${new Date(ms).toISOString()}'`;
  await connection.query(`CREATE TABLE ${name} (LIKE sample INCLUDING ALL)`);
  await connection.query(
    `ALTER TABLE sample ATTACH PARTITION ${name} FOR VALUES FROM (${bound(start)}) TO (${bound(start + PARTITION_MS)})`,
  );
}
