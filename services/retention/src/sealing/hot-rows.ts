import type { Metrics } from '@perfwatch/contract';
import { partitionName, type Queryable, type StoredSample } from '@perfwatch/store';
import { epochMs, iso, type SeriesHour } from '../series.ts';

/** Of metrics as PostgreSQL keeps them; as text they are one to six times that. A page is parsed in some milliseconds. */
const PAGE_BYTES = 256 * 1024;
const MAX_PAGE_ROWS = 250;

/** Everything of a row but its metrics, in the order in which `pageOf` builds it. */
type Head = [
  tsMs: number,
  run: string | null,
  seq: number | null,
  intervalMs: number | null,
  elapsedMs: number | null,
  status: string | null,
  reason: string | null,
];

/** A page as two JSON texts: parsing them takes the least time here, some microseconds a row. */
interface Page {
  heads: string | null;
  metrics: string | null;
}

const pageOf = (rows: string, limit: number) => `
  SELECT json_agg(json_build_array(${epochMs('ts')}, run, seq, interval_ms, elapsed_ms, status, reason))::text AS heads,
         '[' || string_agg(metrics::text, ',') || ']' AS metrics
    FROM (${rows} ORDER BY ts LIMIT ${limit}) page`;

/** Samples in the order of time, their metrics as they are stored: a list in JSON. */
export interface WrittenSamples {
  heads: Omit<StoredSample, 'metrics'>[];
  metrics: string;
}

// What pages hold comes from columns that persistence filled with Samples it had checked.
function writtenSamples({ heads, metrics }: Page): WrittenSamples {
  const parsed = JSON.parse(heads ?? '[]') as Head[];
  const named = parsed.map(([tsMs, run, seq, intervalMs, elapsedMs, status, reason]) => ({
    tsMs,
    run,
    seq,
    intervalMs,
    elapsedMs,
    status,
    reason,
  }));
  return { heads: named, metrics: metrics ?? '[]' };
}

function parsePage(page: Page): StoredSample[] {
  const { heads, metrics } = writtenSamples(page);
  const parsed = JSON.parse(metrics) as Metrics[];
  return heads.map((head, index) => ({ ...head, metrics: parsed[index] ?? {} }));
}

/** Hot rows of one collector's hour, in the order of time, in pages of bounded size. */
export class HotRows {
  readonly #connection: Queryable;
  readonly #series: SeriesHour;
  readonly #from: string;

  constructor(connection: Queryable, series: SeriesHour) {
    this.#connection = connection;
    this.#series = series;
    this.#from = `FROM ${partitionName(series.hourMs)} WHERE host = $1 AND collector = $2`;
  }

  /** Ticks of all rows there are now, ascending. */
  async times(): Promise<number[]> {
    const sql = `SELECT array_to_json(array_agg(${epochMs('ts')} ORDER BY ts))::text AS times ${this.#from}`;
    const [row] = await this.#connection.query<{ times: string | null }>(sql, this.#key());
    return JSON.parse(row?.times ?? '[]') as number[];
  }

  /** Every row, as far as it was there when its page was read. */
  async *all(): AsyncGenerator<WrittenSamples> {
    const limit = await this.#rowsPerPage();
    const sql = pageOf(`SELECT * ${this.#from} AND ts > $3`, limit);
    let next = this.#read(sql, '-infinity');
    for (;;) {
      const samples = writtenSamples(await next);
      const last = samples.heads.at(-1);
      if (last === undefined) return;
      // The server reads on while the caller works; a caller that stops here has no use for how that ends.
      next = this.#read(sql, iso(last.tsMs));
      next.catch(() => undefined);
      yield samples;
    }
  }

  /** The rows of these ticks, which are there and ascend. */
  async *at(times: readonly number[]): AsyncGenerator<StoredSample[]> {
    const limit = await this.#rowsPerPage();
    const sql = pageOf(`SELECT * ${this.#from} AND ts = ANY ($3::timestamptz[])`, limit);
    for (let from = 0; from < times.length; from += limit) yield parsePage(await this.#read(sql, times.slice(from, from + limit).map(iso)));
  }

  async #rowsPerPage(): Promise<number> {
    const sql = `SELECT max(pg_column_size(metrics)) AS bytes ${this.#from}`;
    const [row] = await this.#connection.query<{ bytes: number | null }>(sql, this.#key());
    return Math.max(1, Math.min(MAX_PAGE_ROWS, Math.floor(PAGE_BYTES / (row?.bytes ?? 1))));
  }

  async #read(sql: string, parameter: unknown): Promise<Page> {
    const [page] = await this.#connection.query<Page>(sql, [...this.#key(), parameter]);
    return page ?? { heads: null, metrics: null };
  }

  #key(): string[] {
    return [this.#series.host, this.#series.collector];
  }
}
