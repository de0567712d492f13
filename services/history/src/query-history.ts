import {
  AGGREGATES,
  historyQuerySchema,
  intervalToMs,
  parseInput,
  PerfwatchError,
  type Aggregate,
  type HistoryQuery,
  type HistoryReply,
} from '@perfwatch/contract';
import { sqlStateOf, type Queryable, type Store } from '@perfwatch/store';
import { bucketCount, finestStep, formatInterval } from './bucket-interval.ts';
import { resolveSeries } from './known-hosts.ts';
import { selectPaths, type SelectedPath } from './known-paths.ts';
import { parseFields, type MetricPattern } from './metric-pattern.ts';
import {
  bucketAfter,
  countRows,
  readBuckets,
  readExtent,
  readRaw,
  readRawPaths,
  type Averaging,
  type PointData,
  type RawPoint,
  type Series,
} from './sample-reads.ts';
import { parseRange, type TimeRange } from './time-range.ts';

const STATEMENT_TIMEOUT_MS = 20_000;
/** Most numbers in one reply, about 60 MB of JSON: points are fewer where each holds very many. */
const MAX_NUMBERS = 2_000_000;
const CANCELED = '57014';
const OUT_OF_RANGE = '22003';

type Points = HistoryReply['data_points'];
/** `stepMs` null: the rows themselves. */
interface Answer {
  stepMs: number | null;
  isTruncated: boolean;
  points: Points;
}

interface Request {
  series: Series;
  /** Null: whole rows. */
  hasFields: boolean;
  paths: readonly SelectedPath[];
  aggregates: readonly Aggregate[];
  averaging: Averaging;
  limit: number;
  interval: string;
}

/**
 * History of one collector. Throws PerfwatchError: 'bad_input' and 'not_found' say what there is, 'unavailable' for what takes too long.
 */
export async function queryHistory(store: Store, params: HistoryQuery, nowMs: number): Promise<HistoryReply> {
  const query = parseInput(historyQuerySchema, params, 'history query');
  const range = parseRange(query, nowMs);
  const patterns = query.fields === undefined || query.fields.trim() === '' ? null : parseFields(query.fields, query.metric_type);
  const aggregates = AGGREGATES.filter((aggregate) => [query.agg ?? 'avg'].flat().includes(aggregate));
  const read = (averaging: Averaging) =>
    inReadTransaction(store, (connection) => readHistory(connection, { query, range, patterns, aggregates, averaging }));
  try {
    return await read('fast');
  } catch (error) {
    if (sqlStateOf(error) !== OUT_OF_RANGE) throw error;
    return read('exact');
  }
}

interface ParsedQuery extends Pick<Request, 'aggregates' | 'averaging'> {
  query: HistoryQuery;
  range: TimeRange;
  patterns: readonly MetricPattern[] | null;
}

async function readHistory(connection: Queryable, { query, range, patterns, aggregates, averaging }: ParsedQuery): Promise<HistoryReply> {
  const { host, collector } = await resolveSeries(connection, { host: query.host, collector: query.metric_type });
  const paths = await selectPaths(connection, { host, collector, startMs: range.startMs, patterns });
  const limit = Math.max(1, Math.min(query.limit, Math.floor(MAX_NUMBERS / Math.max(1, paths.length * aggregates.length))));
  // Before 1970 there is nothing, and PostgreSQL has no year 0.
  const series = { host, collector, startMs: Math.max(0, range.startMs), endMs: Math.max(0, range.endMs) };
  const request = { series, hasFields: patterns !== null, paths, aggregates, averaging, limit, interval: query.interval };
  const { stepMs, isTruncated, points } = await answer(connection, request);
  return {
    host,
    metric_type: collector,
    start_time: new Date(range.startMs).toISOString(),
    end_time: new Date(range.endMs).toISOString(),
    interval: stepMs === null ? 'raw' : formatInterval(stepMs),
    resolution: 'raw',
    agg: [...aggregates],
    count: points.length,
    truncated: isTruncated,
    data_points: points,
  };
}

/** One snapshot for all that a reply is made of; a query that takes too long is ended by the server. */
async function inReadTransaction<T>(store: Store, work: (connection: Queryable) => Promise<T>): Promise<T> {
  try {
    return await store.transaction(async (connection) => {
      await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      // Compiling a wide statement takes longer than it ever saves.
      await connection.query(`SELECT set_config('statement_timeout', $1, true), set_config('jit', 'off', true)`, [
        String(STATEMENT_TIMEOUT_MS),
      ]);
      return await work(connection);
    });
  } catch (error) {
    if (sqlStateOf(error) !== CANCELED) throw error;
    throw new PerfwatchError('unavailable', `The query took longer than ${STATEMENT_TIMEOUT_MS / 1000} s`, {
      hint: 'Ask for a shorter range or for fewer fields.',
      cause: error,
    });
  }
}

async function answer(connection: Queryable, request: Request): Promise<Answer> {
  const { series, limit, interval } = request;
  const extent = await readExtent(connection, series);
  const asked = intervalToMs(interval);
  if (extent === null) return { stepMs: asked, isTruncated: false, points: [] };
  const occupied = { ...series, startMs: extent.firstMs, endMs: extent.lastMs + 1 };
  if (interval === 'raw') return rawAnswer(connection, request);
  if (interval === 'auto' && (await countRows(connection, series, limit + 1)) <= limit) return rawAnswer(connection, request);
  return bucketAnswer(connection, { ...request, series: occupied }, asked ?? finestStep(occupied, limit));
}

async function rawAnswer(connection: Queryable, { series, hasFields, paths, aggregates, limit }: Request): Promise<Answer> {
  const found = hasFields
    ? await readRawPaths(connection, { series, paths, limit: limit + 1 })
    : await readRaw(connection, series, limit + 1);
  const points = found.slice(0, limit).map((point) => toRawPoint(point, aggregates));
  return { stepMs: null, isTruncated: found.length > limit, points };
}

/** A single row is its own average, minimum and maximum. */
function toRawPoint({ tsMs, metrics }: RawPoint, aggregates: readonly Aggregate[]): Points[number] {
  return toPoint(tsMs, Object.fromEntries(aggregates.map((aggregate) => [aggregate, metrics])));
}

async function bucketAnswer(
  connection: Queryable,
  { series, paths, aggregates, averaging, limit }: Request,
  stepMs: number,
): Promise<Answer> {
  const mayExceed = bucketCount(series, stepMs) > limit;
  const endMs = mayExceed ? await bucketAfter(connection, { series, stepMs, limit }) : null;
  const read = endMs === null ? series : { ...series, endMs };
  const buckets = await readBuckets(connection, { series: read, stepMs, paths, aggregates, averaging });
  return { stepMs, isTruncated: endMs !== null, points: [...buckets].map(([startMs, data]) => toPoint(startMs, data)) };
}

function toPoint(ms: number, data: PointData): Points[number] {
  const sets = Object.values(data);
  const [only] = sets;
  return { timestamp: new Date(ms).toISOString(), data: sets.length === 1 && only !== undefined ? only : data };
}
