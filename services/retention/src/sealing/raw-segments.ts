import { RawSegment, RawSegmentBuilder, type Queryable, type RollUpBuilder, type StoredSample } from '@perfwatch/store';
import type { WrittenSamples } from './hot-rows.ts';
import { epochMs, HOUR_MS, iso, type SeriesHour } from '../series.ts';

/** About how many numbers and nulls go into one segment, 16 MB while it is built or read: an hour with more has several. */
export const MAX_SEGMENT_CELLS = 2_000_000;

/** A raw segment without its contents. Both times are those of Samples. */
export interface RawSegmentRow {
  startMs: number;
  endMs: number;
  numberCount: number;
  keptUntil: Date | null;
}

/** The segments of an hour, in the order of time. */
export function listRawSegments(connection: Queryable, { host, collector, hourMs }: SeriesHour): Promise<RawSegmentRow[]> {
  return connection.query<RawSegmentRow>(
    `SELECT ${epochMs('start_ts')} AS "startMs", ${epochMs('end_ts')} AS "endMs", number_count AS "numberCount", kept_until AS "keptUntil"
       FROM raw_segment WHERE host = $1 AND collector = $2 AND start_ts >= $3 AND start_ts < $4 ORDER BY start_ts`,
    [host, collector, iso(hourMs), iso(hourMs + HOUR_MS)],
  );
}

/** Opens one of them. Throws SegmentError when it is damaged. */
export async function openRawSegment(connection: Queryable, { host, collector }: SeriesHour, startMs: number): Promise<RawSegment> {
  const [row] = await connection.query<{ data: Buffer }>(
    'SELECT data FROM raw_segment WHERE host = $1 AND collector = $2 AND start_ts = $3',
    [host, collector, iso(startMs)],
  );
  return RawSegment.open(row?.data ?? new Uint8Array());
}

export async function deleteRawSegment(connection: Queryable, { host, collector }: SeriesHour, startMs: number): Promise<void> {
  await connection.query('DELETE FROM raw_segment WHERE host = $1 AND collector = $2 AND start_ts = $3', [host, collector, iso(startMs)]);
}

export interface RawSegmentOptions {
  series: SeriesHour;
  keptUntil?: Date | null;
  maxCells?: number;
  /** Gets every Sample, too. */
  rollUps?: RollUpBuilder | null;
}

/** Writes Samples of an hour, given in the order of time, as one segment, or several when they are many. */
export class RawSegmentWriter {
  readonly #connection: Queryable;
  readonly #series: SeriesHour;
  readonly #keptUntil: Date | null;
  readonly #maxCells: number;
  readonly #rollUps: RollUpBuilder | null;
  #builder = new RawSegmentBuilder();

  constructor(connection: Queryable, { series, keptUntil = null, maxCells = MAX_SEGMENT_CELLS, rollUps = null }: RawSegmentOptions) {
    this.#connection = connection;
    this.#series = series;
    this.#keptUntil = keptUntil;
    this.#maxCells = maxCells;
    this.#rollUps = rollUps;
  }

  async add(samples: readonly StoredSample[]): Promise<void> {
    for (const sample of samples) {
      this.#builder.add(sample);
      if (this.#builder.cellCount >= this.#maxCells) await this.finish();
    }
  }

  /** Samples as `HotRows` reads them. */
  async addWritten({ heads, metrics }: WrittenSamples): Promise<void> {
    let at = 0;
    for (const head of heads) {
      // What follows an object is a comma or the end of the list, what comes before the first its beginning.
      at = this.#builder.addWritten(head, metrics, at + 1);
      if (this.#builder.cellCount >= this.#maxCells) await this.finish();
    }
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    if (this.#builder.sampleCount === 0) return;
    if (this.#rollUps !== null) this.#builder.rollUpInto(this.#rollUps);
    const { data, sampleCount, numberCount, firstMs, lastMs } = this.#builder.build();
    this.#builder = new RawSegmentBuilder();
    const { host, collector, hourMs } = this.#series;
    const times = [iso(firstMs), iso(hourMs), iso(lastMs)];
    await this.#connection.query(
      `INSERT INTO raw_segment (host, collector, start_ts, hour, end_ts, sample_count, number_count, kept_until, data)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [host, collector, ...times, sampleCount, numberCount, this.#keptUntil, data],
    );
  }
}
