import { replaceBuckets, RollUp, RollUpBuilder, type Queryable } from '@perfwatch/store';
import { dayOf, HOUR_MS, iso, type SeriesHour } from '../series.ts';

const UPSERT = `
  INSERT INTO rollup_segment (host, collector, resolution, start_ts, number_count, data) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (host, collector, resolution, start_ts) DO UPDATE SET number_count = excluded.number_count, data = excluded.data`;

type Resolution = '1m' | '1h';

/** Numbers that went into the buckets from `startMs` up to and without `endMs`. */
function numbersIn(rollUp: RollUp, { startMs, endMs }: { startMs: number; endMs: number }): number {
  let total = 0;
  for (let path = 0; path < rollUp.paths.length; path += 1) {
    const { counts } = rollUp.stats(path);
    rollUp.starts.forEach((start, index) => (total += start >= startMs && start < endMs ? (counts[index] ?? 0) : 0));
  }
  return total;
}

/** What is stored of an hour's Samples by the minute, and of its day's by the hour. Change it only with the series locked. */
export class StoredRollUps {
  readonly #connection: Queryable;
  readonly #series: SeriesHour;
  readonly #minutes: RollUp | null;
  readonly #hours: RollUp | null;

  private constructor(
    connection: Queryable,
    { series, minutes, hours }: { series: SeriesHour; minutes: RollUp | null; hours: RollUp | null },
  ) {
    this.#connection = connection;
    this.#series = series;
    this.#minutes = minutes;
    this.#hours = hours;
  }

  static async read(connection: Queryable, series: SeriesHour): Promise<StoredRollUps> {
    const read = async (resolution: Resolution, startMs: number): Promise<RollUp | null> => {
      const [row] = await connection.query<{ data: Buffer }>(
        'SELECT data FROM rollup_segment WHERE host = $1 AND collector = $2 AND resolution = $3 AND start_ts = $4 FOR UPDATE',
        [series.host, series.collector, resolution, iso(startMs)],
      );
      return row === undefined ? null : RollUp.open(row.data);
    };
    const minutes = await read('1m', series.hourMs);
    return new StoredRollUps(connection, { series, minutes, hours: await read('1h', dayOf(series.hourMs)) });
  }

  /** Numbers of the hour that are in them; null when nothing of the hour is. */
  numberCount(): number | null {
    const { hourMs } = this.#series;
    const hour = { startMs: hourMs, endMs: hourMs + HOUR_MS };
    if (this.#minutes !== null) return numbersIn(this.#minutes, hour);
    return this.#hours?.starts.includes(hourMs) === true ? numbersIn(this.#hours, hour) : null;
  }

  /** Takes the minutes for all that is known of the hour. */
  async replace(minutes: RollUp): Promise<void> {
    const { hourMs } = this.#series;
    const hour = new RollUpBuilder(HOUR_MS);
    hour.addRollUp(minutes);
    await this.#write('1m', { startMs: hourMs, rollUp: minutes });
    const hours = replaceBuckets(this.#hours, hour.build(), { startMs: hourMs, endMs: hourMs + HOUR_MS });
    await this.#write('1h', { startMs: dayOf(hourMs), rollUp: hours });
  }

  async #write(resolution: Resolution, { startMs, rollUp }: { startMs: number; rollUp: RollUp }): Promise<void> {
    const { data, numberCount } = rollUp.encode();
    const { host, collector } = this.#series;
    await this.#connection.query(UPSERT, [host, collector, resolution, iso(startMs), numberCount, data]);
  }
}
