import type { Resolution } from '@perfwatch/contract';
import { RawSegment, RollUp, type Queryable } from '@perfwatch/store';
import type { BlockCache } from './block-cache.ts';
import { RawBlock, RollUpBlock } from './blocks.ts';
import type { SeriesRange } from './series-reader.ts';
import type { TimedReads } from './timed-reads.ts';
import { DAY_MS, HOUR_MS } from '../durations.ts';

/** Most bytes of segments that are fetched at once; a segment is fetched whole however large it is. */
const BATCH_BYTES = 512 * 1024;

/** A row of `raw_segment` or `rollup_segment` without its data. `version` changes whenever the row is rewritten. */
export interface SegmentRow {
  tier: Resolution;
  startMs: number;
  /** Last tick of a raw segment; roll-ups: as `startMs`. */
  endMs: number;
  version: string;
  bytes: number;
}

/** A stretch of time; `endMs` is not part of it. */
export interface Stretch {
  startMs: number;
  endMs: number;
}

const ms = (column: string) => `floor(extract(epoch FROM ${column}) * 1000)::float8`;
const CLAIM = (alias: string) => `${alias}.host = $1 AND ${alias}.collector = $2`;
const VERSION = (alias: string) => `${alias}.xmin::text AS version, octet_length(${alias}.data) AS bytes`;

const DAYS = `
  SELECT '1h' AS tier, ${ms('start_ts')} AS "startMs", ${ms('start_ts')} AS "endMs", ${VERSION('r')}
    FROM rollup_segment r WHERE ${CLAIM('r')} AND resolution = '1h' AND start_ts >= $3 AND start_ts < $4`;
/** What there is of each tier in stretches that begin and end with hours. */
const STRETCHES = `
  WITH stretch AS (SELECT * FROM unnest($3::timestamptz[], $4::timestamptz[]) AS stretch (from_ts, to_ts))
  SELECT 'raw' AS tier, ${ms('s.start_ts')} AS "startMs", ${ms('s.end_ts')} AS "endMs", ${VERSION('s')}
    FROM stretch JOIN raw_segment s ON ${CLAIM('s')} AND s.start_ts >= from_ts AND s.start_ts < to_ts
  UNION ALL
  SELECT '1m', ${ms('r.start_ts')}, ${ms('r.start_ts')}, ${VERSION('r')}
    FROM stretch JOIN rollup_segment r ON ${CLAIM('r')} AND r.resolution = '1m' AND r.start_ts >= from_ts AND r.start_ts < to_ts
  UNION ALL
  SELECT '1h', ${ms('r.start_ts')}, ${ms('r.start_ts')}, ${VERSION('r')}
    FROM (SELECT DISTINCT day FROM stretch, generate_series(date_bin('1 day', from_ts, timestamptz 'epoch'), to_ts - interval '1 microsecond', '1 day') AS day) days
    JOIN rollup_segment r ON ${CLAIM('r')} AND r.resolution = '1h' AND r.start_ts = day`;
/** First and last of each tier. Of the hour in which the range ends raw Samples may begin after it: it counts for every tier alike. */
const EXTENTS = `
  SELECT 'raw' AS tier, ${ms('min(start_ts) FILTER (WHERE start_ts < $4)')} AS "firstMs",
         ${ms('max(end_ts) FILTER (WHERE start_ts < $4)')} AS "lastMs", count(DISTINCT hour)::int AS hours,
         coalesce(sum(sample_count) FILTER (WHERE start_ts < $4), 0)::float8 AS samples,
         coalesce(sum(sample_count) FILTER (WHERE start_ts >= $5 AND end_ts < $4), 0)::float8 AS "samplesWithin"
    FROM raw_segment WHERE host = $1 AND collector = $2 AND start_ts >= $3 AND start_ts < $7
  UNION ALL
  SELECT resolution, ${ms('min(start_ts)')}, ${ms('max(start_ts)')}, count(*)::int, 0, 0
    FROM rollup_segment
   WHERE host = $1 AND collector = $2 AND (resolution = '1m' AND start_ts >= $3 OR resolution = '1h' AND start_ts >= $6) AND start_ts < $4
   GROUP BY resolution`;

/** What a tier has within a range, by whole rows. */
export interface TierExtent {
  tier: Resolution;
  /** Null: nothing. */
  firstMs: number | null;
  lastMs: number | null;
  /** Hours of raw segments, those after the range's end in its last hour too; rows of roll-ups. */
  hours: number;
  samples: number;
  /** Of segments that lie within the range. */
  samplesWithin: number;
}

/** A segment that was there a moment ago has been rewritten or dropped: what was planned has to be planned anew. */
export class SegmentGone extends Error {}

type AnyBlock = RawBlock | RollUpBlock;

/** Sealed Samples and roll-ups of series. */
export class SegmentRows {
  readonly #reads: TimedReads;
  readonly #cache: BlockCache;

  constructor(reads: TimedReads, cache: BlockCache) {
    this.#reads = reads;
    this.#cache = cache;
  }

  /** What each tier has; begins at the hour and the day in which the range begins. */
  extents({ host, collector, startMs, endMs }: SeriesRange, connection: Queryable | null = null): Promise<TierExtent[]> {
    const times = [floorTo(startMs, HOUR_MS), endMs, startMs, floorTo(startMs, DAY_MS), ceilTo(endMs, HOUR_MS)];
    const parameters = [host, collector, ...times.map(timeOf)];
    if (connection !== null) return connection.query<TierExtent>(EXTENTS, parameters);
    return this.#reads.run((own) => own.query<TierExtent>(EXTENTS, parameters));
  }

  /** Roll-ups by the hour whose days begin in the stretch. */
  days({ host, collector }: SeriesRange, { startMs, endMs }: Stretch): Promise<readonly SegmentRow[]> {
    const parameters = [host, collector, timeOf(floorTo(startMs, DAY_MS)), timeOf(endMs)];
    return this.#reads.run((connection) => segmentRowsOf(connection, DAYS, parameters));
  }

  /** Rows of every tier in stretches of whole hours, ascending. */
  within({ host, collector }: SeriesRange, stretches: readonly Stretch[]): Promise<readonly SegmentRow[]> {
    const times = (pick: (stretch: Stretch) => number) => stretches.map((stretch) => timeOf(pick(stretch)).toISOString());
    const parameters = [host, collector, times(({ startMs }) => startMs), times(({ endMs }) => endMs)];
    return this.#reads.run((connection) => segmentRowsOf(connection, STRETCHES, parameters));
  }

  /** Notes how much a block has grown while it was used. */
  recount(series: SeriesRange, row: SegmentRow, block: AnyBlock): void {
    this.#cache.set(keyOf(series, row), block);
  }

  /**
   * Blocks of the first rows: as many as one fetch may bring, at least one; from memory where they have been read before.
   * Throws SegmentGone.
   */
  async load(series: SeriesRange, rows: readonly SegmentRow[]): Promise<Map<SegmentRow, AnyBlock>> {
    const loaded = new Map<SegmentRow, AnyBlock>();
    const missing: SegmentRow[] = [];
    let bytes = 0;
    for (const row of rows) {
      const key = keyOf(series, row);
      const cached = row.tier === 'raw' ? this.#cache.get(key, RawBlock) : this.#cache.get(key, RollUpBlock);
      if (cached !== null) loaded.set(row, cached);
      else if (missing.length > 0 && bytes + row.bytes > BATCH_BYTES) break;
      else {
        missing.push(row);
        bytes += row.bytes;
      }
    }
    if (missing.length > 0) await this.#fetch(series, missing, loaded);
    return loaded;
  }

  async #fetch(series: SeriesRange, missing: readonly SegmentRow[], loaded: Map<SegmentRow, AnyBlock>): Promise<void> {
    const { deadline } = this.#reads;
    const byTier = Map.groupBy(missing, ({ tier }) => tier);
    const fetched = await this.#reads.run(async (connection) => {
      const all: { row: SegmentRow; stored: StoredData | undefined }[] = [];
      for (const [tier, rows] of byTier) {
        const found = new Map((await fetchData(connection, { series, tier, rows })).map((stored) => [stored.startMs, stored]));
        all.push(...rows.map((row) => ({ row, stored: found.get(row.startMs) })));
      }
      return all;
    });
    for (const { row, stored } of fetched) {
      if (stored === undefined) throw new SegmentGone(`${row.tier} segment of ${new Date(row.startMs).toISOString()} has gone`);
      if (deadline.isSliceOver) await deadline.pause();
      const { data, version } = stored;
      const block = row.tier === 'raw' ? new RawBlock(RawSegment.open(data), data.length) : new RollUpBlock(RollUp.open(data), data.length);
      this.#cache.set(keyOf(series, { ...row, version, bytes: data.length }), block);
      loaded.set(row, block);
    }
  }
}

/** All rows as one JSON value: a long list of them is read several times as fast. */
async function segmentRowsOf(connection: Queryable, sql: string, parameters: readonly unknown[]): Promise<readonly SegmentRow[]> {
  const all = `SELECT coalesce(json_agg(segment ORDER BY segment."startMs"), '[]') AS rows FROM (${sql}) segment`;
  const [found] = await connection.query<{ rows: readonly SegmentRow[] }>(all, parameters);
  return found?.rows ?? [];
}

interface StoredData {
  startMs: number;
  version: string;
  data: Buffer;
}

function fetchData(
  connection: Queryable,
  { series: { host, collector }, tier, rows }: { series: SeriesRange; tier: Resolution; rows: readonly SegmentRow[] },
): Promise<StoredData[]> {
  const from = tier === 'raw' ? 'raw_segment' : 'rollup_segment';
  const resolution = tier === 'raw' ? '' : `AND resolution = '${tier}'`;
  return connection.query<StoredData>(
    `SELECT ${ms('start_ts')} AS "startMs", xmin::text AS version, data
       FROM ${from} WHERE host = $1 AND collector = $2 ${resolution} AND start_ts = ANY ($3::timestamptz[])`,
    [host, collector, rows.map(({ startMs }) => timeOf(startMs).toISOString())],
  );
}

function keyOf({ host, collector }: SeriesRange, { tier, startMs, version, bytes }: SegmentRow): string {
  return `${tier} ${host} ${collector} ${startMs} ${version} ${bytes}`;
}

const timeOf = (timeMs: number) => new Date(timeMs);

/** The multiple of `stepMs` at or before. */
export function floorTo(timeMs: number, stepMs: number): number {
  return Math.floor(timeMs / stepMs) * stepMs;
}

/** The multiple of `stepMs` at or after. */
export function ceilTo(timeMs: number, stepMs: number): number {
  return Math.ceil(timeMs / stepMs) * stepMs;
}

/** The hours that a range touches. */
export function wholeHours({ startMs, endMs, ...series }: SeriesRange): SeriesRange {
  return { ...series, startMs: floorTo(startMs, HOUR_MS), endMs: ceilTo(endMs, HOUR_MS) };
}
