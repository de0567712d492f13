import type { Metrics } from '@perfwatch/contract';
import type { Queryable } from '@perfwatch/store';
import type { BlockCache } from './block-cache.ts';
import { HotMinute, HotMinuteBuilder } from './hot-minute.ts';
import type { SeriesRange } from './series-reader.ts';
import type { TimedReads } from './timed-reads.ts';
import { HOUR_MS, MINUTE_MS } from '../durations.ts';
import { floorTo } from './segment-rows.ts';

/** Most bytes of metrics that one statement fetches, as JSON; a minute is fetched whole however large it is. */
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Hot rows of a minute. Rows of a partition are never updated nor deleted, so its file (a new one once it is emptied or made anew) and
 * their number say what they are.
 */
export interface HotCount {
  minuteMs: number;
  partition: string;
  count: number;
  firstMs: number;
  lastMs: number;
}

// Times as numbers: making a Date of each takes longer than all the rest.
const COUNTS = `
  SELECT pg_relation_filenode(partition)::text AS partition, floor(extract(epoch FROM minute))::float8 * 1000 AS minute_ms, count,
         floor(extract(epoch FROM first) * 1000)::float8 AS first_ms, floor(extract(epoch FROM last) * 1000)::float8 AS last_ms
    FROM (SELECT tableoid AS partition, date_bin('1 minute', ts, timestamptz 'epoch') AS minute, count(*)::int AS count,
                 min(ts) AS first, max(ts) AS last
            FROM sample WHERE host = $1 AND collector = $2 AND ts >= $3 AND ts < $4 GROUP BY tableoid, 2) minutes
   ORDER BY minute`;
const ROWS = `
  SELECT floor(extract(epoch FROM ts) * 1000)::float8 AS ts_ms, metrics::text AS metrics
    FROM sample WHERE host = $1 AND collector = $2 AND ts >= $3 AND ts < $4 ORDER BY ts`;

const SEALED = `
  SELECT (extract(epoch FROM hour) * 1000)::float8 AS "hourMs", row_count AS count
    FROM sealing WHERE host = $1 AND collector = $2 AND hour >= $3 AND hour < $4`;

interface CountRow {
  partition: string;
  minute_ms: number;
  count: number;
  first_ms: number;
  last_ms: number;
}

/** Samples that are not sealed yet, or not yet dropped since: rows of the table `sample`. */
export class HotRows {
  readonly #reads: TimedReads;
  readonly #cache: BlockCache;
  #last: { key: string; counts: readonly HotCount[] } | null = null;

  constructor(reads: TimedReads, cache: BlockCache) {
    this.#reads = reads;
    this.#cache = cache;
  }

  /**
   * Minutes that have rows in the range, ascending. Reads an index alone where PostgreSQL has vacuumed; what has been asked for last is
   * remembered, for a request lasts no longer than its deadline.
   */
  async counts(range: SeriesRange, connection: Queryable | null = null): Promise<readonly HotCount[]> {
    const key = JSON.stringify(range);
    if (this.#last?.key === key) return this.#last.counts;
    const counts = await (connection === null ? this.#reads.run((own) => this.#count(range, own)) : this.#count(range, connection));
    this.#last = { key, counts };
    return counts;
  }

  /**
   * The same without the hours that are sealed as they are: segments have all of their rows, which only wait to be dropped. Asked after the
   * rows were counted, because rows are only ever added: the same number then is the same rows.
   */
  async unsealed(range: SeriesRange): Promise<readonly HotCount[]> {
    const counts = await this.counts(range);
    const hours = Map.groupBy(counts, ({ minuteMs }) => floorTo(minuteMs, HOUR_MS));
    if ([...hours.keys()].every((hourMs) => hourMs + HOUR_MS > Date.now())) return counts;
    const sealed = await this.#reads.run((own) => own.query<{ hourMs: number; count: number }>(SEALED, parametersOf(range)));
    for (const { hourMs, count } of sealed) {
      const rows = (hours.get(hourMs) ?? []).reduce((sum, minute) => sum + minute.count, 0);
      if (rows === count) hours.delete(hourMs);
    }
    return [...hours.values()].flat();
  }

  async #count(range: SeriesRange, connection: Queryable): Promise<HotCount[]> {
    const rows = await connection.query<CountRow>(COUNTS, parametersOf(range));
    const minutes = new Map<number, HotCount>();
    for (const { partition, minute_ms: minuteMs, count, first_ms: firstMs, last_ms: lastMs } of rows) {
      const other = minutes.get(minuteMs);
      minutes.set(
        minuteMs,
        other === undefined
          ? { minuteMs, partition, count, firstMs, lastMs }
          : {
              minuteMs,
              partition: `${other.partition}+${partition}`,
              count: other.count + count,
              firstMs: Math.min(other.firstMs, firstMs),
              lastMs: Math.max(other.lastMs, lastMs),
            },
      );
    }
    return [...minutes.values()];
  }

  /** The rows of these minutes (ascending), from memory where they have been read before. */
  async minutes(series: SeriesRange, wanted: readonly HotCount[]): Promise<HotMinute[]> {
    const found = new Map<number, HotMinute>();
    const missing: HotCount[] = [];
    for (const count of wanted) {
      const cached = this.#cache.get(keyOf(series, count), HotMinute);
      if (cached === null) missing.push(count);
      else found.set(count.minuteMs, cached);
    }
    let rowsAtOnce = 1;
    for (let next = 0; next < missing.length;) {
      const run = contiguous(missing, next, rowsAtOnce);
      next += run.length;
      const { rowCount, bytes } = await this.#fetch(series, run, found);
      rowsAtOnce = Math.max(1, Math.floor((BATCH_BYTES * Math.max(1, rowCount)) / Math.max(1, bytes)));
    }
    return [...found.values()].sort((a, b) => (a.times[0] ?? 0) - (b.times[0] ?? 0));
  }

  async #fetch(series: SeriesRange, run: readonly HotCount[], found: Map<number, HotMinute>): Promise<{ rowCount: number; bytes: number }> {
    const { deadline } = this.#reads;
    const startMs = run[0]?.minuteMs ?? 0;
    const endMs = (run.at(-1)?.minuteMs ?? 0) + MINUTE_MS;
    const rows = await this.#reads.run((connection) =>
      connection.query<{ ts_ms: number; metrics: string }>(ROWS, parametersOf({ ...series, startMs, endMs })),
    );
    let bytes = 0;
    const byMinute = Map.groupBy(rows, (row) => Math.floor(row.ts_ms / MINUTE_MS) * MINUTE_MS);
    for (const count of run) {
      const ofMinute = byMinute.get(count.minuteMs) ?? [];
      const builder = new HotMinuteBuilder(ofMinute.length);
      for (const { ts_ms, metrics } of ofMinute) {
        if (deadline.isSliceOver) await deadline.pause();
        bytes += metrics.length;
        builder.add(ts_ms, JSON.parse(metrics) as Metrics);
      }
      const minute = builder.build([...found.values()].at(-1) ?? null);
      found.set(count.minuteMs, minute);
      // Fewer: the partition has gone meanwhile. What it held is in segments, which are read after this.
      if (ofMinute.length >= count.count) this.#cache.set(keyOf(series, { ...count, count: ofMinute.length }), minute);
    }
    return { rowCount: rows.length, bytes };
  }
}

const parametersOf = ({ host, collector, startMs, endMs }: SeriesRange) => [host, collector, new Date(startMs), new Date(endMs)];

function keyOf({ host, collector }: SeriesRange, { partition, minuteMs, count }: HotCount): string {
  return `hot ${partition} ${host} ${collector} ${minuteMs} ${count}`;
}

/** Minutes from `from` on that follow each other, about as many as have that many rows; at least one. */
function contiguous(minutes: readonly HotCount[], from: number, rowsAtOnce: number): HotCount[] {
  const run: HotCount[] = [];
  let rowCount = 0;
  for (let index = from; index < minutes.length; index += 1) {
    const minute = minutes[index];
    const last = run.at(-1);
    if (minute === undefined || (last !== undefined && minute.minuteMs !== last.minuteMs + MINUTE_MS)) break;
    if (last !== undefined && rowCount + minute.count > rowsAtOnce) break;
    run.push(minute);
    rowCount += minute.count;
  }
  return run;
}
