import { randomBytes } from 'node:crypto';
import { historyQuerySchema, parseInput, type Actions, type HistoryPage, type HistoryQuery } from '@perfwatch/contract';
import { z } from 'zod';
import { annotationsAfter } from '../annotations.ts';
import { SeriesReader, type ReadParts } from '../reading/series-reader.ts';
import { firstStart, selectHistory, type HistorySelection } from './history-selection.ts';
import { fingerprintOf, readCursor, writeCursor } from './page-cursor.ts';
import { PageText } from './page-text.ts';
import { selectionStartShape, seriesProgressSchema, type SeriesProgress } from './series-progress.ts';
import { SeriesText } from './series-text.ts';
import { WindowReader } from './window-reader.ts';

const MAX_ANNOTATIONS = 1000;
const ANNOTATIONS_AT_ONCE = 200;

const cursorSchema = z.object({
  ...selectionStartShape,
  replyId: z.string().max(32),
  annotations: z.object({ count: z.number().int().min(0), after: z.object({ ts: z.iso.datetime(), id: z.uuid() }).nullable() }).nullable(),
  hostIndex: z.number().int().min(0),
  series: seriesProgressSchema.nullable(),
});
type Progress = z.infer<typeof cursorSchema>;

/**
 * A page of the reply to `GET /api/history/metrics`, as JSON text. Throws PerfwatchError: 'bad_input' and 'not_found' say what there is,
 * 'unavailable' for what takes too long.
 */
export async function historyPage(parts: ReadParts, params: Actions['history.query']['params'], nowMs: number): Promise<HistoryPage> {
  const { cursor, ...asked } = params;
  const query = parseInput(historyQuerySchema, asked, 'history query');
  const fingerprint = fingerprintOf(query);
  const progress = cursor === undefined ? null : readCursor(cursor, { fingerprint, schema: cursorSchema });
  const begin = progress ?? firstStart(query, nowMs);
  const selection = await selectHistory(parts.connection, query, begin);
  const page = new PageText();
  const pages = new QueryPages({ ...parts, page, query, selection, progress: progress ?? beginning(selection, begin) });
  if (progress === null) pages.head(firstStart(query, nowMs).asked);
  const next = await pages.fill();
  return { text: page.text, next: next === null ? null : writeCursor(fingerprint, next) };
}

function beginning({ hosts }: HistorySelection, { startMs, endMs }: { startMs: number; endMs: number }): Progress {
  return {
    ...{ startMs, endMs, host: hosts[0] ?? null, hostIndex: 0, series: null },
    replyId: randomBytes(9).toString('base64url'),
    annotations: { count: 0, after: null },
  };
}

/** Writes a reply from where it got to until the page is full. */
class QueryPages {
  readonly #parts: ReadParts;
  readonly #page: PageText;
  readonly #query: HistoryQuery;
  readonly #selection: HistorySelection;
  readonly #progress: Progress;
  readonly #series: SeriesText;
  /** Of the first series, asked for together with the annotations. */
  #begun: Promise<SeriesProgress> | null = null;

  constructor(parts: ReadParts & { page: PageText; query: HistoryQuery; selection: HistorySelection; progress: Progress }) {
    const { page, query, selection, progress } = parts;
    this.#parts = parts;
    this.#page = page;
    this.#query = query;
    this.#selection = selection;
    this.#progress = progress;
    const reader = new SeriesReader(parts);
    const windows = new WindowReader({ reader, cache: parts.cache, selection, replyId: progress.replyId });
    this.#series = new SeriesText({ reader, windows, page, selection, deadline: parts.deadline });
  }

  get #isOfMany(): boolean {
    return this.#selection.hosts.length > 1;
  }

  head({ startMs, endMs }: { startMs: number; endMs: number }): void {
    const { hosts, collector, aggregates } = this.#selection;
    const whose = this.#isOfMany ? { hosts } : { host: hosts[0] };
    const [start_time, end_time] = [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
    const head = JSON.stringify({ ...whose, metric_type: collector, start_time, end_time, agg: aggregates });
    this.#page.add(`${head.slice(0, -1)},"annotations":[`);
  }

  /** Where to go on; null when all has been written. */
  async fill(): Promise<Progress | null> {
    const progress = this.#progress;
    if (progress.annotations !== null) {
      // The database need not wait while what it found is written.
      const begun = this.#begin(progress.hostIndex);
      this.#begun = begun;
      const [annotated] = await Promise.allSettled([this.#annotations(progress.annotations), begun]);
      if (annotated.status === 'rejected') throw annotated.reason;
      if (!annotated.value) return progress;
    }
    while (progress.hostIndex < this.#selection.hosts.length) {
      if (this.#page.isFull) return progress;
      progress.series = await this.#seriesOf(progress.hostIndex, progress.series);
      if (progress.series !== null) return progress;
      progress.hostIndex += 1;
    }
    this.#page.add(this.#isOfMany ? ']}' : '}');
    return null;
  }

  #begin(hostIndex: number): Promise<SeriesProgress> {
    const { interval, limit } = this.#query;
    return this.#series.begin(this.#selection.hosts[hostIndex] ?? '', { interval, limit });
  }

  /** Whether all have been written. */
  async #annotations(progress: NonNullable<Progress['annotations']>): Promise<boolean> {
    const { hosts, range } = this.#selection;
    for (;;) {
      const limit = Math.min(ANNOTATIONS_AT_ONCE, MAX_ANNOTATIONS - progress.count);
      const found = limit === 0 ? [] : await annotationsAfter(this.#parts.connection, { hosts, range, after: progress.after, limit });
      for (const annotation of found) {
        if (this.#page.isFull) return false;
        this.#page.add(`${progress.count === 0 ? '' : ','}${JSON.stringify(annotation)}`);
        progress.count += 1;
        progress.after = { ts: annotation.ts, id: annotation.id };
      }
      if (found.length < limit || limit === 0) break;
    }
    this.#page.add(this.#isOfMany ? '],"series":[' : '],');
    this.#progress.annotations = null;
    return true;
  }

  /** Where that series got to; null when it is done. */
  async #seriesOf(hostIndex: number, begun: SeriesProgress | null): Promise<SeriesProgress | null> {
    const host = this.#selection.hosts[hostIndex] ?? '';
    const progress = begun ?? (await (this.#begun ?? this.#begin(hostIndex)));
    this.#begun = null;
    if (begun === null) {
      const before = this.#isOfMany ? `${hostIndex === 0 ? '' : ','}{"host":${JSON.stringify(host)},` : '';
      this.#page.add(`${before}${this.#series.head(progress)}`);
    }
    const rest = await this.#series.write(host, progress);
    if (rest === null && this.#isOfMany) this.#page.add('}');
    return rest;
  }
}
