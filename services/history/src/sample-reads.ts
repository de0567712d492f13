import { setMetricAt, type Aggregate, type Metrics } from '@perfwatch/contract';
import type { Queryable } from '@perfwatch/store';
import type { SelectedPath } from './known-paths.ts';
import type { TimeRange } from './time-range.ts';

/** Rows of one collector in a range of time. */
export interface Series extends TimeRange {
  host: string;
  collector: string;
}

/** Metrics of one point: a set per aggregate. */
export type PointData = Partial<Record<Aggregate, Metrics>>;

/** 'fast' fails with SQLSTATE 22003 where a sum, or a square on the way to it, leaves the range of a double; 'exact' takes several times as long. */
export type Averaging = 'fast' | 'exact';

export interface RawPoint {
  tsMs: number;
  metrics: Metrics;
}

/** PostgreSQL allows 1664 columns in a result. */
const MAX_COLUMNS = 1500;
const FROM_SERIES = 'FROM sample WHERE host = $1 AND collector = $2 AND ts >= $3 AND ts < $4';

const seriesParameters = ({ host, collector, startMs, endMs }: Series) => [host, collector, new Date(startMs), new Date(endMs)];

/** Parameters gathered while a statement is written. */
class Parameters {
  readonly values: unknown[];

  constructor(values: readonly unknown[]) {
    this.values = [...values];
  }

  /** `$7` */
  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** Steps into a Sample's `metrics`. */
const stepsOf = ({ path: { dimension, instance, metric } }: SelectedPath): string[] =>
  dimension === undefined || instance === undefined ? [metric] : [dimension, instance, metric];

/** Time of the first and the last row; null when there is none. */
export async function readExtent(connection: Queryable, series: Series): Promise<{ firstMs: number; lastMs: number } | null> {
  // Two probes of the index: min() and max() over partitions would open every one of them.
  const probe = (order: string) =>
    connection.query<{ ts: Date }>(`SELECT ts ${FROM_SERIES} ORDER BY ts ${order} LIMIT 1`, seriesParameters(series));
  const [first] = await probe('ASC');
  const [last] = await probe('DESC');
  return first === undefined || last === undefined ? null : { firstMs: first.ts.getTime(), lastMs: last.ts.getTime() };
}

/** Number of rows, counted no further than `atMost`. */
export async function countRows(connection: Queryable, series: Series, atMost: number): Promise<number> {
  const [row] = await connection.query<{ count: number }>(`SELECT count(*)::int AS count FROM (SELECT 1 ${FROM_SERIES} LIMIT $5) rows`, [
    ...seriesParameters(series),
    atMost,
  ]);
  return row?.count ?? 0;
}

/** The oldest rows as they were stored, whole. */
export async function readRaw(connection: Queryable, series: Series, limit: number): Promise<RawPoint[]> {
  const rows = await connection.query<{ ts: Date; metrics: Metrics }>(`SELECT ts, metrics ${FROM_SERIES} ORDER BY ts LIMIT $5`, [
    ...seriesParameters(series),
    limit,
  ]);
  return rows.map(({ ts, metrics }) => ({ tsMs: ts.getTime(), metrics }));
}

/** The oldest rows, of which only the selected paths are read. A null that was stored is null here, what was not there is absent. */
export async function readRawPaths(
  connection: Queryable,
  { series, paths, limit }: { series: Series; paths: readonly SelectedPath[]; limit: number },
): Promise<RawPoint[]> {
  const points = new Map<number, RawPoint>();
  for (const part of inParts(paths, MAX_COLUMNS)) {
    const parameters = new Parameters(seriesParameters(series));
    const columns = part.map((path) => `metrics #> ${parameters.add(stepsOf(path))}::text[]`);
    const values = columns.length === 0 ? `'{}'::text[]` : `ARRAY[${columns.map((column) => `(${column})::text`).join(', ')}]`;
    const rows = await connection.query<{ ts: Date; leaves: (string | null)[] }>(
      `SELECT ts, ${values} AS leaves ${FROM_SERIES} ORDER BY ts LIMIT ${parameters.add(limit)}`,
      parameters.values,
    );
    for (const { ts, leaves } of rows) {
      const point = points.get(ts.getTime()) ?? { tsMs: ts.getTime(), metrics: {} };
      points.set(point.tsMs, point);
      part.forEach(({ path }, index) => {
        const leaf = leaves[index] ?? null;
        if (leaf !== null && !leaf.startsWith('{')) setMetricAt(point.metrics, path, leaf === 'null' ? null : Number(leaf));
      });
    }
  }
  return [...points.values()];
}

/** Start of the bucket after the first `limit` that hold rows; null when there are no more than that. */
export async function bucketAfter(
  connection: Queryable,
  { series, stepMs, limit }: { series: Series; stepMs: number; limit: number },
): Promise<number | null> {
  const [row] = await connection.query<{ bucket: Date }>(
    `SELECT bucket FROM (SELECT DISTINCT ${bucketOf('$5')} AS bucket ${FROM_SERIES}) buckets ORDER BY bucket OFFSET $6 LIMIT 1`,
    [...seriesParameters(series), stepMs, limit],
  );
  return row === undefined ? null : row.bucket.getTime();
}

const bucketOf = (stepMs: string) => `date_bin(${stepMs}::double precision * interval '1 millisecond', ts, timestamptz 'epoch')`;

/**
 * Aggregates of each bucket that holds rows, by its start. Nulls are ignored; a path without a number in a bucket is absent there.
 */
export async function readBuckets(
  connection: Queryable,
  {
    series,
    stepMs,
    paths,
    aggregates,
    averaging,
  }: { series: Series; stepMs: number; paths: readonly SelectedPath[]; aggregates: readonly Aggregate[]; averaging: Averaging },
): Promise<Map<number, PointData>> {
  const points = new Map<number, PointData>();
  for (const part of inParts(paths, Math.floor(MAX_COLUMNS / aggregates.length))) {
    const parameters = new Parameters([...seriesParameters(series), stepMs]);
    const values = part.map((path, index) => `${numberAt(path, parameters)} AS v${index}`);
    const columns = aggregates.flatMap((aggregate) => part.map((_, index) => aggregateOf(aggregate, { value: `v${index}`, averaging })));
    // OFFSET 0 keeps the values from being read once for every aggregate.
    const rows = await connection.query<{ bucket: Date; numbers: (number | null)[] }>(
      `SELECT bucket, ARRAY[${columns.join(', ')}]::double precision[] AS numbers
         FROM (SELECT ${[`${bucketOf('$5')} AS bucket`, ...values].join(', ')} ${FROM_SERIES} OFFSET 0) rows
        GROUP BY bucket ORDER BY bucket`,
      parameters.values,
    );
    for (const { bucket, numbers } of rows) {
      const data = points.get(bucket.getTime()) ?? emptyData(aggregates);
      points.set(bucket.getTime(), data);
      addNumbers(data, { numbers, part, aggregates });
    }
  }
  return points;
}

function aggregateOf(aggregate: Aggregate, { value, averaging }: { value: string; averaging: Averaging }): string {
  return aggregate === 'avg' && averaging === 'exact' ? `avg(${value}::numeric)::double precision` : `${aggregate}(${value})`;
}

/** A stored null is SQL's NULL here. Only where something else than a number can be does its type have to be asked for. */
function numberAt(selected: SelectedPath, parameters: Parameters): string {
  const steps = parameters.add(stepsOf(selected));
  const number = `(metrics #>> ${steps}::text[])::double precision`;
  return selected.isAmbiguous ? `CASE WHEN jsonb_typeof(metrics #> ${steps}::text[]) = 'number' THEN ${number} END` : number;
}

const emptyData = (aggregates: readonly Aggregate[]): PointData => Object.fromEntries(aggregates.map((aggregate) => [aggregate, {}]));

function addNumbers(
  data: PointData,
  { numbers, part, aggregates }: { numbers: readonly (number | null)[]; part: readonly SelectedPath[]; aggregates: readonly Aggregate[] },
): void {
  aggregates.forEach((aggregate, block) => {
    const metrics = data[aggregate];
    if (metrics === undefined) return;
    part.forEach(({ path }, index) => {
      const number = numbers[block * part.length + index] ?? null;
      if (number !== null) setMetricAt(metrics, path, number);
    });
  });
}

/** At least one part, so that a series without paths is read for its times. */
function inParts<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from === 0 || from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
}
