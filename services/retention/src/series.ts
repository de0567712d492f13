import type { Queryable } from '@perfwatch/store';

/** What one collector of one host sends. */
export interface Series {
  host: string;
  collector: string;
}

/** One UTC hour of it. */
export interface SeriesHour extends Series {
  /** Start of the hour, milliseconds since the epoch. */
  hourMs: number;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export const dayOf = (tsMs: number): number => Math.floor(tsMs / DAY_MS) * DAY_MS;
/** A point in time as a parameter: the driver would write a Date in the zone of this process. */
export const iso = (tsMs: number): string => new Date(tsMs).toISOString();

/** SQL for a timestamptz as whole milliseconds since the epoch: a number costs a tenth of what a Date does. */
export const epochMs = (column: string): string => `round(date_part('epoch', ${column}) * 1000)`;

/** Locks with two keys are apart from those with one, such as PARTITION_LOCK: "SEAL" in ASCII. */
const SERIES_LOCK = 0x5345414c;

/**
 * Takes the series until the end of the transaction; false while another process has it. Whoever rewrites or removes segments holds it.
 * Two series whose names have the same hash exclude each other, which costs nothing but a later turn.
 */
export async function tryLockSeries(connection: Queryable, { host, collector }: Series): Promise<boolean> {
  const [lock] = await connection.query<{ taken: boolean }>(
    `SELECT pg_try_advisory_xact_lock($1::int, hashtext($2 || ' ' || $3)) AS taken`,
    [SERIES_LOCK, host, collector],
  );
  return lock?.taken === true;
}

/** Whether a statement found no such table: a partition that was dropped in between. */
export const UNDEFINED_TABLE = '42P01';
