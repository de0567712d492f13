import { listPartitions, partitionName, sqlStateOf, type Store } from '@perfwatch/store';
import { HOUR_MS, iso, UNDEFINED_TABLE, type Series } from '../series.ts';

/** A collector with hot rows of an hour that are in no segment yet. */
export interface UnsealedSeries extends Series {
  /** All of its hot rows of the hour. */
  rowCount: number;
}

/** Hours with a partition that ended before `endedBeforeMs`, oldest first. */
export async function closedHours(store: Store, endedBeforeMs: number): Promise<number[]> {
  const hours = await listPartitions(store);
  return [...hours].filter((hourMs) => hourMs + HOUR_MS <= endedBeforeMs).sort((a, b) => a - b);
}

/** Collectors whose hot rows of an hour are not all sealed. Those that were sealed once are left alone for `lateMs` after it. */
export async function unsealedSeries(store: Store, { hourMs, lateMs }: { hourMs: number; lateMs: number }): Promise<UnsealedSeries[]> {
  try {
    return await store.query<UnsealedSeries>(
      `SELECT host, collector, "rowCount"
         FROM (SELECT host, collector, count(*)::int AS "rowCount" FROM ${partitionName(hourMs)} GROUP BY host, collector) hot
         LEFT JOIN (SELECT * FROM sealing WHERE hour = $1) sealing USING (host, collector)
        WHERE row_count IS DISTINCT FROM "rowCount" AND (sealed_at IS NULL OR sealed_at <= clock_timestamp() - $2 * interval '1 millisecond')
        ORDER BY host, collector`,
      [iso(hourMs), lateMs],
    );
  } catch (error) {
    if (sqlStateOf(error) === UNDEFINED_TABLE) return [];
    throw error;
  }
}
