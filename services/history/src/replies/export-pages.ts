import { randomBytes } from 'node:crypto';
import {
  DEFAULT_POINTS,
  exportQuerySchema,
  parseInput,
  PerfwatchError,
  type Actions,
  type ExportQuery,
  type HistoryPage,
} from '@perfwatch/contract';
import { z } from 'zod';
import { floorTo } from '../reading/segment-rows.ts';
import { SeriesReader, type ReadParts, type SeriesRange } from '../reading/series-reader.ts';
import { CSV_LINE_END, csvHeading, CsvRows, csvText, MAX_CSV_COLUMNS } from './csv-text.ts';
import { firstStart, selectHistory, type HistorySelection } from './history-selection.ts';
import { comparePaths } from './metric-layout.ts';
import { fingerprintOf, MAX_CURSOR_CHARS, readCursor, writeCursor } from './page-cursor.ts';
import { PageText } from './page-text.ts';
import { PointWriter } from './point-writer.ts';
import { chooseStep } from './series-interval.ts';
import { cursorPathSchema, momentSchema, pointProgressSchema, selectionStartShape, stepSchema } from './series-progress.ts';
import type { SeriesWindow } from './series-window.ts';
import { WindowReader } from './window-reader.ts';

/** Looking for columns goes on with the next page when less of the deadline is left. */
const LEFT_FOR_COLUMNS_MS = 8000;
/** What may yet be added to a cursor that has the columns: where in the first host's points it got to. */
const CURSOR_GROWTH = 4096;

const cursorSchema = z.object({
  ...selectionStartShape,
  replyId: z.string().max(32),
  /** CSV: what the columns are, sorted, of the first `ofHosts` hosts; `headed` of them have been written into the first line. */
  columns: z
    .object({ paths: z.array(cursorPathSchema).max(MAX_CSV_COLUMNS), ofHosts: z.number().int().min(0), headed: z.number().int().min(0) })
    .nullable(),
  hostIndex: z.number().int().min(0),
  series: z.object({ stepMs: stepSchema.nullable(), atMs: momentSchema, point: pointProgressSchema.nullable() }).nullable(),
});
type Progress = z.infer<typeof cursorSchema>;
type SeriesState = NonNullable<Progress['series']>;

/**
 * A page of a file of `GET /api/history/export`. The columns of CSV are the paths there are when it begins: one that turns up later is
 * left out, and one that never has a number may be. Throws PerfwatchError: 'bad_input' and 'not_found' say what there is, 'unavailable' for
 * what takes too long.
 */
export async function exportPage(parts: ReadParts, params: Actions['history.export']['params'], nowMs: number): Promise<HistoryPage> {
  const { cursor, ...asked } = params;
  const query = parseInput(exportQuerySchema, asked, 'export query');
  const fingerprint = fingerprintOf(query);
  const progress = cursor === undefined ? null : readCursor(cursor, { fingerprint, schema: cursorSchema });
  const begin = progress ?? firstStart(query, nowMs);
  const selection = await selectHistory(parts.connection, query, begin);
  const first = { startMs: begin.startMs, endMs: begin.endMs, host: selection.hosts[0] ?? null };
  const page = new PageText();
  const pages = new ExportPages({ ...parts, page, query, selection, fingerprint, progress: progress ?? { ...first, ...beginning(query) } });
  const next = await pages.fill();
  return { text: page.text, next: next === null ? null : writeCursor(fingerprint, next) };
}

function beginning({ format }: ExportQuery): Omit<Progress, 'startMs' | 'endMs' | 'host'> {
  const columns = format === 'csv' ? { paths: [], ofHosts: 0, headed: 0 } : null;
  return { replyId: randomBytes(9).toString('base64url'), columns, hostIndex: 0, series: null };
}

interface PointOfHost {
  host: string;
  window: SeriesWindow;
  point: number;
}

/** Writes a file from where it got to until the page is full. */
class ExportPages {
  readonly #parts: ReadParts;
  readonly #page: PageText;
  readonly #query: ExportQuery;
  readonly #selection: HistorySelection;
  readonly #fingerprint: string;
  readonly #progress: Progress;
  readonly #reader: SeriesReader;
  readonly #windows: WindowReader;
  readonly #points: PointWriter;

  constructor(
    parts: ReadParts & { page: PageText; query: ExportQuery; selection: HistorySelection; fingerprint: string; progress: Progress },
  ) {
    const { page, query, selection, fingerprint, progress } = parts;
    this.#parts = parts;
    this.#page = page;
    this.#query = query;
    this.#selection = selection;
    this.#fingerprint = fingerprint;
    this.#progress = progress;
    this.#reader = new SeriesReader(parts);
    this.#windows = new WindowReader({ reader: this.#reader, cache: parts.cache, selection, replyId: progress.replyId });
    this.#points = new PointWriter(page, selection.aggregates);
  }

  /** Where to go on; null when all has been written. */
  async fill(): Promise<Progress | null> {
    const progress = this.#progress;
    if (progress.columns !== null) {
      const areFound = await this.#findColumns(progress.columns);
      this.#leaveRoomForCursor();
      if (!areFound || !this.#writeHeadings(progress.columns)) return progress;
    }
    const csv = progress.columns === null ? null : new CsvRows(progress.columns.paths, this.#columnAggregates);
    while (progress.hostIndex < this.#selection.hosts.length) {
      const host = this.#selection.hosts[progress.hostIndex] ?? '';
      progress.series = await this.#write(host, { csv, state: progress.series ?? (await this.#begin(host)) });
      if (progress.series !== null) return progress;
      this.#windows.forget(host);
      progress.hostIndex += 1;
    }
    return null;
  }

  /** Samples have one number of each path. */
  get #columnAggregates(): HistorySelection['aggregates'] {
    const { aggregates, interval } = this.#selection;
    return interval === 'raw' ? aggregates.slice(0, 1) : aggregates;
  }

  /** Whether all have been found. */
  async #findColumns(columns: NonNullable<Progress['columns']>): Promise<boolean> {
    const { hosts, patterns } = this.#selection;
    const found = new Map(columns.paths.map((path) => [JSON.stringify([path.metric, path]), path]));
    for (; columns.ofHosts < hosts.length; columns.ofHosts += 1) {
      if (columns.ofHosts > 0 && this.#parts.deadline.leftMs < LEFT_FOR_COLUMNS_MS) return false;
      const host = hosts[columns.ofHosts] ?? '';
      for (const { metric, dimension, instance } of await this.#reader.paths(this.#rangeOf(host), patterns)) {
        const path = dimension === undefined || instance === undefined ? { metric } : { metric, dimension, instance };
        found.set(JSON.stringify([path.metric, path]), path);
      }
      if (found.size * this.#columnAggregates.length > MAX_CSV_COLUMNS) throw tooMuchForCsv(`has ${MAX_CSV_COLUMNS} columns at most`);
      columns.paths = [...found.values()].sort(comparePaths);
    }
    return true;
  }

  /** Every page but the last comes with what the columns are. */
  #leaveRoomForCursor(): void {
    const { length } = writeCursor(this.#fingerprint, this.#progress);
    if (length + CURSOR_GROWTH > MAX_CURSOR_CHARS) throw tooMuchForCsv('cannot have so many columns with names as long as these');
    this.#page.leaveRoom(length);
  }

  /** Whether the first line is there. */
  #writeHeadings(columns: NonNullable<Progress['columns']>): boolean {
    if (columns.headed > columns.paths.length) return true;
    if (columns.headed === 0) this.#page.add(this.#hasHostColumn ? 'timestamp,host' : 'timestamp');
    const aggregates = this.#columnAggregates;
    for (; columns.headed < columns.paths.length; columns.headed += 1) {
      if (this.#page.isFull) return false;
      const path = columns.paths[columns.headed];
      if (path === undefined) break;
      for (const aggregate of aggregates) this.#page.add(`,${csvHeading(path, aggregates.length === 1 ? null : aggregate)}`);
    }
    this.#page.add(CSV_LINE_END);
    columns.headed = columns.paths.length + 1;
    return true;
  }

  get #hasHostColumn(): boolean {
    return this.#selection.hosts.length > 1;
  }

  async #begin(host: string): Promise<SeriesState> {
    const range = this.#rangeOf(host);
    const stepMs = await chooseStep(this.#reader, { range, interval: this.#query.interval, limit: DEFAULT_POINTS });
    return { stepMs, atMs: stepMs === null ? range.startMs : floorTo(range.startMs, stepMs), point: null };
  }

  /** Where that host got to; null when it is done. */
  async #write(host: string, { csv, state }: { csv: CsvRows | null; state: SeriesState }): Promise<SeriesState | null> {
    const { deadline } = this.#parts;
    const progress = { ...state };
    for (;;) {
      const series = this.#rangeOf(host, progress.atMs);
      const window = this.#windows.remembered(series) ?? (await this.#windows.read({ series, stepMs: progress.stepMs, limit: Infinity }));
      if (progress.point !== null && window.timeOf(window.from(progress.atMs)) !== progress.atMs) this.#close(progress);
      for (let point = window.from(progress.atMs); point < window.count; point += 1) {
        if (deadline.isSliceOver) await deadline.pause();
        const isWritten = csv === null ? this.#line({ host, window, point, progress }) : this.#row(csv, { host, window, point });
        if (!isWritten) return { ...progress, atMs: window.timeOf(point) };
      }
      progress.atMs = window.readToMs;
      if (progress.atMs >= this.#selection.range.endMs) return null;
    }
  }

  /** Whether the row is on this page: one that does not fit is for the next, which has nothing else if need be. */
  #row(csv: CsvRows, { host, window, point }: PointOfHost): boolean {
    const time = new Date(window.timeOf(point)).toISOString();
    const row = `${time}${this.#hasHostColumn ? `,${csvText(host)}` : ''}${csv.numbersOf(window, point)}${CSV_LINE_END}`;
    // All of it is ASCII; the end of the line takes four bytes in JSON.
    const bytes = row.length + CSV_LINE_END.length;
    if (!this.#page.isEmpty && this.#page.roomBytes < bytes) return false;
    this.#page.add(row, bytes);
    return true;
  }

  /** Whether the line of NDJSON is done; else the page was full before its end, or its beginning, and `progress` knows where. */
  #line({ host, window, point, progress }: PointOfHost & { progress: SeriesState }): boolean {
    if (this.#page.isFull) return false;
    if (progress.point === null) {
      const time = new Date(window.timeOf(point)).toISOString();
      this.#page.add(`{"timestamp":"${time}","host":"${host}","data":`);
    }
    const rest = this.#points.write({ window, point, progress: progress.point });
    if (rest === null) this.#page.add('}\n');
    progress.point = rest === null ? null : { aggregate: rest.aggregate, last: cursorPathSchema.nullable().parse(rest.last) };
    return rest === null;
  }

  /** What remains of a point that has gone meanwhile: it is closed as it is. */
  #close(progress: SeriesState): void {
    if (progress.point !== null) this.#page.add(`${this.#points.closingOf(progress.point)}}\n`);
    progress.point = null;
  }

  #rangeOf(host: string, startMs = 0): SeriesRange {
    const { collector, range } = this.#selection;
    return { host, collector, startMs: Math.max(startMs, range.startMs), endMs: range.endMs };
  }
}

function tooMuchForCsv(why: string): PerfwatchError {
  const message = `name what to export: a CSV file ${why}; or use format=ndjson`;
  return new PerfwatchError('bad_input', `fields: ${message}`, { issues: [{ path: 'fields', message }] });
}
