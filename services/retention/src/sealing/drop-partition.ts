import { listPartitions, PARTITION_LOCK, partitionName, sqlStateOf, type Queryable, type Store } from '@perfwatch/store';
import { iso, UNDEFINED_TABLE } from '../series.ts';

/**
 * While it waits for a lock, inserts and queries queue up behind it: they lose no more than this. Shorter than deadlock_timeout (1 s),
 * so that an insert and this waiting for each other ends here.
 */
const LOCK_TIMEOUT_MS = 200;
const LOCK_NOT_AVAILABLE = '55P03';

/** Bytes that were freed. */
export interface DroppedPartition {
  bytes: number;
}

/**
 * Drops the partition of an hour whose rows are all in segments since `quietMs` at least, or that has none. Null when there are others,
 * or when somebody reads or writes it just now: then another time.
 */
export async function dropSealedPartition(
  store: Store,
  { hourMs, quietMs }: { hourMs: number; quietMs: number },
): Promise<DroppedPartition | null> {
  try {
    // Counted once without holding anyone up: most of the time it says no, else what it reads is in memory for the next.
    if (!(await isQuiet(store, { hourMs, quietMs })) || !(await isSealed(store, hourMs))) return null;
    return await store.transaction((connection) => drop(connection, hourMs));
  } catch (error) {
    if ([LOCK_NOT_AVAILABLE, UNDEFINED_TABLE].includes(sqlStateOf(error) ?? '')) return null;
    throw error;
  }
}

async function isQuiet(connection: Queryable, { hourMs, quietMs }: { hourMs: number; quietMs: number }): Promise<boolean> {
  const [row] = await connection.query<{ quiet: boolean }>(
    `SELECT coalesce(max(sealed_at) <= clock_timestamp() - $2 * interval '1 millisecond', true) AS quiet FROM sealing WHERE hour = $1`,
    [iso(hourMs), quietMs],
  );
  return row?.quiet === true;
}

/** No collector has more rows sealed than there are, so that equal sums mean that each is sealed. */
async function isSealed(connection: Queryable, hourMs: number): Promise<boolean> {
  const [row] = await connection.query<{ sealed: boolean }>(
    `SELECT (SELECT count(*) FROM ${partitionName(hourMs)}) = (SELECT coalesce(sum(row_count), 0) FROM sealing WHERE hour = $1) AS sealed`,
    [iso(hourMs)],
  );
  return row?.sealed === true;
}

async function drop(connection: Queryable, hourMs: number): Promise<DroppedPartition | null> {
  const name = partitionName(hourMs);
  await connection.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  // Keeps late rows out, and only them, while the rows are counted.
  await connection.query(`LOCK TABLE ${name} IN SHARE MODE`);
  if (!(await isSealed(connection, hourMs))) return null;
  const [lock] = await connection.query<{ free: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS free', [PARTITION_LOCK]);
  if (lock?.free !== true) return null;
  const [size] = await connection.query<{ bytes: number }>('SELECT pg_total_relation_size($1::regclass)::float8 AS bytes', [name]);
  // Locks the whole of `sample`, for the moment that it takes.
  await connection.query(`DROP TABLE ${name}`);
  await connection.query('DELETE FROM sealing WHERE hour = $1', [iso(hourMs)]);
  return { bytes: size?.bytes ?? 0 };
}

/** Forgets what was sealed of partitions that somebody else dropped: rows of a new one would be taken for sealed. */
export async function forgetSealingsWithoutPartition(store: Store): Promise<void> {
  const sealed = await store.query<{ hour: Date }>('SELECT DISTINCT hour FROM sealing');
  if (sealed.length === 0) return;
  const present = await listPartitions(store);
  if (sealed.every(({ hour }) => present.has(hour.getTime()))) return;
  await store.transaction(async (connection) => {
    await connection.query('SELECT pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
    const left = await listPartitions(connection);
    const gone = sealed.filter(({ hour }) => !left.has(hour.getTime()));
    for (const { hour } of gone) await connection.query('DELETE FROM sealing WHERE hour = $1', [hour]);
  });
}
