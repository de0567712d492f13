import type { Queryable, Store } from '@perfwatch/store';
import type { Cutoffs } from '../policy.ts';
import { DAY_MS, epochMs, iso, tryLockSeries, type Series } from '../series.ts';
import { EXPIRED_RAW, rawParameters } from './expired-rows.ts';

/** Raw segments of one collector and one UTC day: what goes in one piece. */
export interface RawDay extends Series {
  dayMs: number;
}

/** A raw segment as it was at some moment: `version` changes whenever it is written anew. */
export interface SegmentVersion {
  startMs: number;
  version: string;
}

const OF_DAY = 'host = $2 AND collector = $3 AND start_ts >= $4 AND start_ts < $5';

const dayParameters = (limits: Cutoffs, { host, collector, dayMs }: RawDay) => [
  ...rawParameters(limits),
  host,
  collector,
  iso(dayMs),
  iso(dayMs + DAY_MS),
];

/** Days that the policy no longer keeps raw, oldest first, at most `limit`; those that come after `after`, if that is not null. */
export function expiredRawDays(
  store: Store,
  limits: Cutoffs,
  { after, limit }: { after: RawDay | null; limit: number },
): Promise<RawDay[]> {
  return store.query<RawDay>(
    `SELECT host, collector, ${epochMs('day')} AS "dayMs"
       FROM (SELECT DISTINCT host, collector, date_trunc('day', hour, 'UTC') AS day FROM raw_segment WHERE ${EXPIRED_RAW}) days
      WHERE $2::timestamptz IS NULL OR (day, host, collector) > ($2, $3, $4)
      ORDER BY day, host, collector LIMIT ${limit}`,
    [...rawParameters(limits), after === null ? null : iso(after.dayMs), after?.host ?? null, after?.collector ?? null],
  );
}

/** Expired segments of a day, in the order of time. */
export function expiredSegments(connection: Queryable, limits: Cutoffs, day: RawDay): Promise<SegmentVersion[]> {
  return connection.query<SegmentVersion>(
    `SELECT ${epochMs('start_ts')} AS "startMs", xmin::text AS version FROM raw_segment WHERE ${EXPIRED_RAW} AND ${OF_DAY} ORDER BY start_ts`,
    dayParameters(limits, day),
  );
}

export interface DeletedRaw {
  segments: number;
  samples: number;
  bytes: number;
}

/**
 * Deletes the expired segments of a day. Null when it has to wait: the collector is being sealed, rows of the day are still to be sealed
 * (without the segments they would come too late), or, where `archived` says what was archived, that is no longer all.
 */
export function deleteRawDay(
  store: Store,
  { limits, day, archived }: { limits: Cutoffs; day: RawDay; archived: readonly SegmentVersion[] | null },
): Promise<DeletedRaw | null> {
  return store.transaction(async (connection) => {
    if (!(await tryLockSeries(connection, day)) || (await hasUnsealedRows(connection, day))) return null;
    if (archived !== null && !isSame(archived, await expiredSegments(connection, limits, day))) return null;
    const [deleted] = await connection.query<DeletedRaw>(
      `WITH gone AS (DELETE FROM raw_segment WHERE ${EXPIRED_RAW} AND ${OF_DAY} RETURNING sample_count, octet_length(data) AS bytes)
       SELECT count(*)::int AS segments, coalesce(sum(sample_count), 0)::float8 AS samples, coalesce(sum(bytes), 0)::float8 AS bytes FROM gone`,
      dayParameters(limits, day),
    );
    return deleted ?? null;
  });
}

async function hasUnsealedRows(connection: Queryable, { host, collector, dayMs }: RawDay): Promise<boolean> {
  const rows = await connection.query(
    `SELECT 1 FROM (SELECT date_trunc('hour', ts, 'UTC') AS hour, count(*) AS count FROM sample
                     WHERE host = $1 AND collector = $2 AND ts >= $3 AND ts < $4 GROUP BY 1) hot
       LEFT JOIN sealing ON sealing.hour = hot.hour AND sealing.host = $1 AND sealing.collector = $2
      WHERE sealing.row_count IS DISTINCT FROM hot.count LIMIT 1`,
    [host, collector, iso(dayMs), iso(dayMs + DAY_MS)],
  );
  return rows.length > 0;
}

function isSame(archived: readonly SegmentVersion[], present: readonly SegmentVersion[]): boolean {
  const key = ({ startMs, version }: SegmentVersion) => `${startMs} ${version}`;
  return archived.map(key).join() === present.map(key).join();
}
