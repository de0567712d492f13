import { setImmediate as nextTurn } from 'node:timers/promises';
import { RollUpBuilder, type Queryable, type RawSegment, type Store, type StoredSample } from '@perfwatch/store';
import { iso, MINUTE_MS, tryLockSeries, type SeriesHour } from '../series.ts';
import { HotRows } from './hot-rows.ts';
import {
  deleteRawSegment,
  listRawSegments,
  MAX_SEGMENT_CELLS,
  openRawSegment,
  RawSegmentWriter,
  type RawSegmentRow,
} from './raw-segments.ts';
import { StoredRollUps } from './roll-ups.ts';

/** Numbers of a segment handled in one turn of the event loop: some milliseconds. */
const CELLS_PER_TURN = 20_000;
/** Late rows may make a segment this much larger before it is divided: else every few that hit a full one would leave a small one behind. */
const MERGED_SIZE = 1.5;

export interface SealOptions {
  /** Hot rows there are, as listed. */
  rowCount: number;
  /** Ends it between two pages; what was done is rolled back. */
  signal: AbortSignal;
  /** Most numbers in a segment; for tests. */
  maxCells?: number;
}

export interface SealOutcome {
  /** Samples that were not in a segment before. */
  sampleCount: number;
  /** Rows that came after the raw Samples of their hour had expired: they change nothing. */
  lateCount: number;
}

/**
 * Brings every hot row of one collector's hour into its segments and roll-ups, and notes how many rows that are, in one transaction.
 * Null when another process is at it or has just done it.
 */
export function sealSeries(store: Store, series: SeriesHour, options: SealOptions): Promise<SealOutcome | null> {
  return store.transaction(async (connection) => {
    if (!(await tryLockSeries(connection, series))) return null;
    const sealedRows = await sealedRowCount(connection, series);
    if (sealedRows === options.rowCount) return null;
    const segments = await listRawSegments(connection, series);
    const rollUps = await StoredRollUps.read(connection, series);
    const hour = new HourSealing(connection, { series, segments, rollUps, sealedRows: sealedRows ?? 0, options });
    const { rowCount, ...outcome } = await hour.seal();
    await noteSealing(connection, series, rowCount);
    return outcome;
  });
}

async function sealedRowCount(connection: Queryable, { host, collector, hourMs }: SeriesHour): Promise<number | null> {
  const [row] = await connection.query<{ count: number }>(
    'SELECT row_count AS count FROM sealing WHERE hour = $1 AND host = $2 AND collector = $3',
    [iso(hourMs), host, collector],
  );
  return row?.count ?? null;
}

async function noteSealing(connection: Queryable, { host, collector, hourMs }: SeriesHour, rowCount: number): Promise<void> {
  await connection.query(
    `INSERT INTO sealing (hour, host, collector, row_count, sealed_at) VALUES ($1, $2, $3, $4, clock_timestamp())
     ON CONFLICT (hour, host, collector) DO UPDATE SET row_count = excluded.row_count, sealed_at = excluded.sealed_at`,
    [iso(hourMs), host, collector, rowCount],
  );
}

interface Sealed extends SealOutcome {
  /** Rows of the partition that have been dealt with now. */
  rowCount: number;
}

interface HourParts {
  series: SeriesHour;
  segments: readonly RawSegmentRow[];
  rollUps: StoredRollUps;
  /** Rows of the partition that were dealt with before. */
  sealedRows: number;
  options: SealOptions;
}

/** The sealing of one hour within one transaction. */
class HourSealing {
  readonly #connection: Queryable;
  readonly #parts: HourParts;
  readonly #hotRows: HotRows;
  readonly #minutes = new RollUpBuilder(MINUTE_MS);

  constructor(connection: Queryable, parts: HourParts) {
    this.#connection = connection;
    this.#parts = parts;
    this.#hotRows = new HotRows(connection, parts.series);
  }

  async seal(): Promise<Sealed> {
    const { segments, rollUps, sealedRows } = this.#parts;
    const rolledUp = rollUps.numberCount();
    if (segments.length === 0 && rolledUp === null) return this.#sealFirst();
    const times = await this.#hotRows.times();
    const late = await this.#lateTimes(times);
    // Raw Samples have expired, or not all came back from the archive: nothing would tell a new one from one that comes again.
    if (!holdAllOf(rolledUp, segments)) {
      return { rowCount: times.length, sampleCount: 0, lateCount: Math.min(late.length, times.length - sealedRows) };
    }
    const sealed = { rowCount: times.length, sampleCount: late.length, lateCount: 0 };
    if (late.length === 0) return sealed;
    await this.#merge(late);
    await rollUps.replace(this.#minutes.build());
    return sealed;
  }

  /** The usual case: nothing of the hour is sealed yet. */
  async #sealFirst(): Promise<Sealed> {
    const writer = this.#writer({ keptUntil: null, size: 1, rollUps: this.#minutes });
    let rowCount = 0;
    for await (const samples of this.#hotRows.all()) {
      this.#parts.options.signal.throwIfAborted();
      rowCount += samples.heads.length;
      await writer.addWritten(samples);
    }
    await writer.finish();
    if (rowCount > 0) await this.#parts.rollUps.replace(this.#minutes.build());
    return { rowCount, sampleCount: rowCount, lateCount: 0 };
  }

  /** Those of `times` that no segment has. */
  async #lateTimes(times: readonly number[]): Promise<number[]> {
    const late = new Set(times);
    for (const { startMs } of this.#parts.segments) {
      const segment = await openRawSegment(this.#connection, this.#parts.series, startMs);
      for (const tsMs of segment.times) late.delete(tsMs);
    }
    return [...late];
  }

  /** Writes anew the segments whose span late rows touch, and gathers the minutes of the whole hour in the order of time. */
  async #merge(late: readonly number[]): Promise<void> {
    const { series, segments } = this.#parts;
    for (const [index, { startMs, keptUntil }] of segments.entries()) {
      const own = lateOf(late, { isFirst: index === 0, startMs, nextMs: segments[index + 1]?.startMs ?? Infinity });
      const segment = await openRawSegment(this.#connection, series, startMs);
      const writer = own.length === 0 ? null : this.#writer({ keptUntil, size: MERGED_SIZE });
      if (writer !== null) await deleteRawSegment(this.#connection, series, startMs);
      for await (const samples of mergedByTime(segment, this.#hotRows.at(own))) {
        this.#parts.options.signal.throwIfAborted();
        for (const { tsMs, metrics } of samples) this.#minutes.add(tsMs, metrics);
        await writer?.add(samples);
        await nextTurn();
      }
      await writer?.finish();
    }
  }

  #writer({ keptUntil, size, rollUps = null }: { keptUntil: Date | null; size: number; rollUps?: RollUpBuilder | null }): RawSegmentWriter {
    const { series, options } = this.#parts;
    const maxCells = (options.maxCells ?? MAX_SEGMENT_CELLS) * size;
    return new RawSegmentWriter(this.#connection, { series, keptUntil, maxCells, rollUps });
  }
}

/** Whether the segments have every number that went into the roll-ups; null: there are no roll-ups. */
function holdAllOf(rolledUp: number | null, segments: readonly RawSegmentRow[]): boolean {
  if (rolledUp === null) return true;
  return segments.length > 0 && rolledUp === segments.reduce((sum, { numberCount }) => sum + numberCount, 0);
}

/** Late rows between two segments go to the one before, those before the first to the first. */
function lateOf(late: readonly number[], { isFirst, startMs, nextMs }: { isFirst: boolean; startMs: number; nextMs: number }): number[] {
  return late.filter((tsMs) => (isFirst || tsMs >= startMs) && tsMs < nextMs);
}

/** Samples of a segment and late ones, which have other ticks, in the order of time, a few at a time. */
async function* mergedByTime(segment: RawSegment, late: AsyncIterable<readonly StoredSample[]>): AsyncGenerator<StoredSample[]> {
  const perTurn = Math.max(1, Math.floor(CELLS_PER_TURN / Math.max(1, segment.paths.length)));
  let index = 0;
  let samples: StoredSample[] = [];
  for await (const page of late) {
    for (const sample of page) {
      while (index < segment.times.length && (segment.times[index] ?? Infinity) < sample.tsMs) {
        samples.push(segment.sampleAt(index++));
        if (samples.length >= perTurn) {
          yield samples;
          samples = [];
        }
      }
      samples.push(sample);
    }
  }
  for (; index < segment.times.length; index += 1) {
    samples.push(segment.sampleAt(index));
    if (samples.length < perTurn) continue;
    yield samples;
    samples = [];
  }
  yield samples;
}
