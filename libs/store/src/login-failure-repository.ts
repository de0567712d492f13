import { usernameSchema } from '@perfwatch/contract';
import { z } from 'zod';
import type { Queryable, Store } from './store.ts';

/** How the failures under one key delay the next try. */
export interface FailureBound {
  /** Whatever failures are counted for, as a hash: 32 bytes. */
  key: Uint8Array;
  /** Failures that cost nothing: people mistype. */
  freeFailures: number;
  /** The delay starts at one second, doubles with every failure and stops growing here: nobody is locked out for good. */
  maxDelaySeconds: number;
}

/** A try that has been counted as failed before anyone knows. */
export interface BegunTry {
  /** Milliseconds since 1970 until which it keeps the next one waiting, in the order of the bounds. */
  blockedUntilMs: readonly number[];
}

/** Failed tries by key, the same for every replica. Times are the database's. */
export interface LoginFailureRepository {
  /** Seconds until a try may begin under all of `keys`; 0 when it may at once. */
  waitSeconds(keys: readonly Uint8Array[]): Promise<number>;
  /**
   * Counts a try as failed, under all bounds at once; while one of them has to wait, under none, and answers the seconds. What is counted before it is
   * known cannot be tried more often by trying at the same time, on however many replicas.
   */
  begin(bounds: readonly FailureBound[]): Promise<BegunTry | { waitSeconds: number }>;
  /** The try did fail: the delay begins now. Forgets keys that have not failed for long. */
  confirm(bounds: readonly FailureBound[]): Promise<void>;
  /** The try did not fail after all: as if it had not been. */
  takeBack(bounds: readonly FailureBound[], begun: BegunTry): Promise<void>;
  forget(key: Uint8Array): Promise<void>;
  /** Whether the user of that name has logged in from `network` lately. */
  isOrigin(username: string, network: string): Promise<boolean>;
  noteOrigin(userId: string, network: string): Promise<void>;
}

/**
 * A key without a failure for so long is forgotten. It bounds the table as well: one process that checks ten passwords a second, each
 * under three keys, has 27,000 rows at most.
 */
export const FAILURES_FORGOTTEN_AFTER_SECONDS = 15 * 60;
const ORIGIN_FORGOTTEN_AFTER_DAYS = 90;
/** Networks remembered of a user; the one longest not used goes first. */
const MAX_ORIGINS_PER_USER = 50;
/** Enough for a row a second to become a row a week, and no more than a double holds exactly. */
const MAX_DOUBLINGS = 20;
/** Old rows deleted with each failure: more than a try adds. */
const FORGOTTEN_AT_ONCE = 20;

const IS_OLD = `last_at < clock_timestamp() - interval '${FAILURES_FORGOTTEN_AFTER_SECONDS} seconds'`;

/** The end of the delay after `failures`, to the millisecond, as JavaScript will give it back. */
const blockedUntil = (failures: string, given: string): string =>
  `date_trunc('milliseconds', clock_timestamp()) + CASE WHEN ${failures} <= ${given}.free_failures THEN interval '0'
     ELSE least(2 ^ least(${failures} - ${given}.free_failures - 1, ${MAX_DOUBLINGS}), ${given}.max_delay_seconds) * interval '1 second' END`;

const GIVEN = `unnest($1::bytea[], $2::int[], $3::int[]) AS given (key, free_failures, max_delay_seconds)`;

/** Keys in order: two that lock the same rows must lock them in the same order. */
const BEGIN = `INSERT INTO login_failure AS known (key, failures, last_at, blocked_until)
  SELECT key, 1, clock_timestamp(), ${blockedUntil('1', 'given')} FROM ${GIVEN} ORDER BY key
  ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN known.${IS_OLD} THEN 1 ELSE known.failures + 1 END,
    last_at = CASE WHEN known.${IS_OLD} THEN clock_timestamp() ELSE known.last_at END,
    blocked_until = (SELECT ${blockedUntil(`(CASE WHEN known.${IS_OLD} THEN 1 ELSE known.failures + 1 END)`, 'given')}
      FROM ${GIVEN} WHERE given.key = excluded.key)
  WHERE known.blocked_until <= clock_timestamp()
  RETURNING key, blocked_until`;

const CONFIRM = `UPDATE login_failure known SET last_at = clock_timestamp(),
    blocked_until = greatest(known.blocked_until, ${blockedUntil('known.failures', 'given')})
  FROM (SELECT given.* FROM ${GIVEN} JOIN login_failure failure ON failure.key = given.key ORDER BY failure.key FOR UPDATE OF failure) given
  WHERE known.key = given.key`;

const TAKE_BACK = `UPDATE login_failure known SET failures = greatest(known.failures - 1, 0),
    blocked_until = CASE WHEN known.blocked_until = given.blocked_until THEN clock_timestamp() ELSE known.blocked_until END
  FROM (SELECT failure.key, given.blocked_until FROM unnest($1::bytea[], $2::timestamptz[]) AS given (key, blocked_until)
    JOIN login_failure failure ON failure.key = given.key ORDER BY failure.key FOR UPDATE OF failure) given
  WHERE known.key = given.key`;

const FORGET_OLD = `DELETE FROM login_failure WHERE key IN
  (SELECT key FROM login_failure WHERE ${IS_OLD} LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED)`;

const NOTE_ORIGIN = `INSERT INTO login_origin (user_id, network, last_at) SELECT id, $2, now() FROM app_user WHERE id = $1
  ON CONFLICT (user_id, network) DO UPDATE SET last_at = excluded.last_at`;

const FORGET_ORIGINS = `DELETE FROM login_origin WHERE user_id = $1 AND
  (last_at < now() - interval '${ORIGIN_FORGOTTEN_AFTER_DAYS} days'
   OR network NOT IN (SELECT network FROM login_origin WHERE user_id = $1 ORDER BY last_at DESC LIMIT ${MAX_ORIGINS_PER_USER}))`;

const waitRowsSchema = z.tuple([z.object({ seconds: z.number().nullable() })]);
const begunRowsSchema = z.array(z.object({ key: z.instanceof(Uint8Array), blocked_until: z.date() }));

const bytesOf = (keys: readonly Uint8Array[]): Buffer[] => keys.map((key) => Buffer.from(key));

/** Of GIVEN. */
const parametersOf = (bounds: readonly FailureBound[]): unknown[] => [
  bytesOf(bounds.map(({ key }) => key)),
  bounds.map(({ freeFailures }) => freeFailures),
  bounds.map(({ maxDelaySeconds }) => maxDelaySeconds),
];

async function waitOf(connection: Queryable, keys: readonly Uint8Array[]): Promise<number> {
  const rows = await connection.query(
    `SELECT ceil(extract(epoch FROM max(blocked_until) - clock_timestamp()))::int AS seconds FROM login_failure WHERE key = ANY ($1::bytea[])`,
    [bytesOf(keys)],
  );
  const [{ seconds }] = waitRowsSchema.parse(rows);
  return Math.max(0, seconds ?? 0);
}

/** Ends the transaction that counted under some of the bounds only. */
class HasToWait extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super('a key has to wait');
    this.seconds = seconds;
  }
}

async function beginWithin(connection: Queryable, bounds: readonly FailureBound[]): Promise<BegunTry> {
  const keys = bytesOf(bounds.map(({ key }) => key));
  const rows = begunRowsSchema.parse(await connection.query(BEGIN, parametersOf(bounds)));
  const ends = keys.map((key) => rows.find((row) => key.equals(row.key))?.blocked_until.getTime());
  const counted = ends.filter((end) => end !== undefined);
  // A delay that ran out in between still was one.
  if (counted.length < bounds.length) throw new HasToWait(Math.max(1, await waitOf(connection, keys)));
  return { blockedUntilMs: counted };
}

/** Failures in the table `login_failure`, origins in `login_origin`. */
export function createLoginFailureRepository(database: Pick<Store, 'query' | 'transaction'>): LoginFailureRepository {
  return {
    waitSeconds: (keys) => waitOf(database, keys),

    async begin(bounds) {
      try {
        return await database.transaction((connection) => beginWithin(connection, bounds));
      } catch (error) {
        if (error instanceof HasToWait) return { waitSeconds: error.seconds };
        throw error;
      }
    },

    async confirm(bounds) {
      await database.query(CONFIRM, parametersOf(bounds));
      await database.query(FORGET_OLD);
    },

    async takeBack(bounds, { blockedUntilMs }) {
      await database.query(TAKE_BACK, [bytesOf(bounds.map(({ key }) => key)), blockedUntilMs.map((end) => new Date(end))]);
    },

    async forget(key) {
      await database.query('DELETE FROM login_failure WHERE key = $1', [Buffer.from(key)]);
    },

    async isOrigin(username, network) {
      // What no user can be called may hold what PostgreSQL cannot: NUL.
      if (!usernameSchema.safeParse(username).success) return false;
      const rows = await database.query(
        `SELECT 1 FROM login_origin JOIN app_user ON app_user.id = login_origin.user_id
         WHERE lower(username) = lower($1) AND network = $2 AND last_at >= now() - interval '${ORIGIN_FORGOTTEN_AFTER_DAYS} days'`,
        [username, network],
      );
      return rows.length > 0;
    },

    async noteOrigin(userId, network) {
      await database.query(NOTE_ORIGIN, [userId, network]);
      await database.query(FORGET_ORIGINS, [userId]);
    },
  };
}
