import {
  annotationsQuerySchema,
  parseInput,
  type AnnotationRecord,
  type AnnotationsQuery,
  type AnnotationsReply,
} from '@perfwatch/contract';
import type { Queryable } from '@perfwatch/store';
import { parseTime } from './time-range.ts';

interface AnnotationRow {
  id: string;
  host: string | null;
  ts: Date;
  end_ts: Date | null;
  title: string;
  text: string | null;
  tags: string[];
}

const COLUMNS = 'id, host, ts, end_ts, title, text, tags';
/** A mark without an end is a moment; one of no host is of all. */
const OVERLAPS = `ts < $2 AND coalesce(end_ts, ts) >= $1 AND ($3::text[] IS NULL OR host IS NULL OR host = ANY ($3))`;
const NEWEST = `SELECT ${COLUMNS} FROM annotation WHERE ${OVERLAPS} ORDER BY ts DESC, id DESC LIMIT $4`;
/** By the milliseconds that a position holds. */
const OLDEST = `
  SELECT ${COLUMNS} FROM annotation
   WHERE ${OVERLAPS} AND ($5::timestamptz IS NULL OR (date_trunc('milliseconds', ts), id) > ($5::timestamptz, $6::uuid))
   ORDER BY date_trunc('milliseconds', ts), id LIMIT $4`;

const FIRST = '-infinity';
const LAST = 'infinity';

/** The newest annotations that overlap a range, oldest first. Throws PerfwatchError('bad_input'). */
export async function readAnnotations(connection: Queryable, params: AnnotationsQuery): Promise<AnnotationsReply> {
  const { host, start_time, end_time, limit } = parseInput(annotationsQuerySchema, params, 'annotations query');
  const time = (text: string | undefined, otherwise: string) => (text === undefined ? otherwise : timeParameter(parseTime(text)));
  const parameters = [time(start_time, FIRST), time(end_time, LAST), host === undefined ? null : [host], limit];
  const rows = await connection.query<AnnotationRow>(NEWEST, parameters);
  return { annotations: rows.reverse().map(toRecord) };
}

export interface AnnotationPosition {
  ts: string;
  id: string;
}

/** The oldest annotations of some hosts that overlap a range, after a position. */
export async function annotationsAfter(
  connection: Queryable,
  wanted: { hosts: readonly string[]; range: { startMs: number; endMs: number }; after: AnnotationPosition | null; limit: number },
): Promise<AnnotationRecord[]> {
  const { hosts, range, after, limit } = wanted;
  const parameters = [timeParameter(range.startMs), timeParameter(range.endMs), hosts, limit, after?.ts ?? null, after?.id ?? null];
  return (await connection.query<AnnotationRow>(OLDEST, parameters)).map(toRecord);
}

function timeParameter(ms: number): string {
  return ms <= 0 ? FIRST : new Date(ms).toISOString();
}

function toRecord({ id, host, ts, end_ts, title, text, tags }: AnnotationRow): AnnotationRecord {
  return { id, host, ts: ts.toISOString(), end_ts: end_ts?.toISOString() ?? null, title, text, tags };
}
