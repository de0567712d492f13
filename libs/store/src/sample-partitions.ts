import type { Queryable } from './store.ts';

/**
 * One partition of `sample` holds one hour: the unit in which history is closed, so that an hour can go the moment its rows are sealed.
 * PostgreSQL prunes those that are there by binary search.
 */
export const PARTITION_MS = 3_600_000;
/** Held by whoever makes or drops a partition. Any number that nothing else in this database locks: "PART" in ASCII. */
export const PARTITION_LOCK = 0x50415254;
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

/** Starts of the hours that have a partition. */
export async function listPartitions(connection: Queryable): Promise<Set<number>> {
  const rows = await connection.query<{ name: string }>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'sample'::regclass`,
  );
  return new Set(rows.map(({ name }) => partitionStartOf(name)).filter((start) => start !== null));
}

/**
 * Makes the partition of the hour that begins at `startMs`; call it in a transaction that holds PARTITION_LOCK.
 * Made apart and attached, because CREATE TABLE ... PARTITION OF would lock every reader and writer of `sample` out meanwhile.
 */
export async function createPartition(connection: Queryable, startMs: number): Promise<void> {
  // Names and bounds cannot be parameters of such a statement; both come from a number.
  const name = partitionName(startMs);
  const bound = (ms: number) => `'${new Date(ms).toISOString()}'`;
  await connection.query(`CREATE TABLE ${name} (LIKE sample INCLUDING ALL)`);
  await connection.query(
    `ALTER TABLE sample ATTACH PARTITION ${name} FOR VALUES FROM (${bound(startMs)}) TO (${bound(startMs + PARTITION_MS)})`,
  );
}
