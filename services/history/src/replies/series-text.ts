import { formatInterval } from '../bucket-interval.ts';
import type { Deadline } from '../reading/deadline.ts';
import { floorTo } from '../reading/segment-rows.ts';
import type { SeriesRange, SeriesReader } from '../reading/series-reader.ts';
import { coarserOf } from '../reading/tier-plan.ts';
import type { HistorySelection } from './history-selection.ts';
import type { PageText } from './page-text.ts';
import { PointWriter } from './point-writer.ts';
import { chooseStep } from './series-interval.ts';
import type { SeriesProgress } from './series-progress.ts';
import type { SeriesWindow } from './series-window.ts';
import type { WindowReader } from './window-reader.ts';

/** Most numbers in one series, about 60 MB of JSON: points are fewer where each holds very many. */
const MAX_NUMBERS = 2_000_000;

/** Within JSON each takes a byte more. */
const QUOTES_IN_HEAD = 6;

export interface SeriesTextParts {
  reader: SeriesReader;
  windows: WindowReader;
  page: PageText;
  selection: HistorySelection;
  deadline: Deadline;
}

/** Writes `interval`, `data_points`, `resolution`, `count` and `truncated` of series. What is known last is written last. */
export class SeriesText {
  readonly #parts: SeriesTextParts;
  readonly #points: PointWriter;
  /** What `begin` read already. */
  #first: SeriesWindow | null = null;

  constructor(parts: SeriesTextParts) {
    this.#parts = parts;
    this.#points = new PointWriter(parts.page, parts.selection.aggregates);
  }

  /** Chooses the step; reads the first points, because how many numbers each has decides how many there may be. */
  async begin(host: string, { interval, limit }: { interval: string; limit: number }): Promise<SeriesProgress> {
    const { reader, windows, selection } = this.#parts;
    const series = this.#rangeOf(host, selection.range.startMs);
    for (let allowed = limit; ;) {
      const stepMs = await chooseStep(reader, { range: series, interval, limit: allowed });
      const first = await windows.read({ series, stepMs, limit: allowed + 1 });
      const numbers = Math.max(1, first.layout.paths.length * selection.aggregates.length);
      const fitting = Math.max(1, Math.floor(MAX_NUMBERS / numbers));
      if (fitting >= allowed) {
        this.#first = first;
        const atMs = stepMs === null ? series.startMs : floorTo(series.startMs, stepMs);
        return { stepMs, limit: allowed, atMs, count: 0, numbers: 0, resolution: first.resolution, point: null };
      }
      allowed = fitting;
    }
  }

  head({ stepMs }: SeriesProgress): string {
    return `"interval":"${stepMs === null ? 'raw' : formatInterval(stepMs)}","data_points":[`;
  }

  /** Writes points until the page is full, and then gives where it got to; null when the series is done. */
  async write(host: string, begun: SeriesProgress): Promise<SeriesProgress | null> {
    const { page, selection } = this.#parts;
    const progress = { ...begun };
    for (;;) {
      const window = await this.#windowAt(host, progress);
      progress.resolution = coarserOf(progress.resolution, window.resolution);
      let point = window.from(progress.atMs);
      // What remains of a point that has gone meanwhile: it is closed as it is.
      if (progress.point !== null && window.timeOf(point) !== progress.atMs) this.#close(progress);
      for (; point < window.count; point += 1) {
        if (progress.count >= progress.limit || progress.numbers >= MAX_NUMBERS) return this.#end(host, progress, true);
        if (page.isFull) return { ...progress, atMs: progress.point === null ? window.timeOf(point) : progress.atMs };
        if (this.#parts.deadline.isSliceOver) await this.#parts.deadline.pause();
        const rest = this.#point(window, point, progress);
        if (rest !== null) return rest;
      }
      progress.atMs = window.readToMs;
      if (progress.atMs >= selection.range.endMs) return this.#end(host, progress, false);
      if (page.isFull) return progress;
    }
  }

  /** Where it got to within the point; null when it is written. */
  #point(window: SeriesWindow, point: number, progress: SeriesProgress): SeriesProgress | null {
    const tsMs = window.timeOf(point);
    if (progress.point === null) {
      const head = `${progress.count === 0 ? '' : ','}{"timestamp":"${new Date(tsMs).toISOString()}","data":`;
      this.#parts.page.add(head, head.length + QUOTES_IN_HEAD);
    }
    const before = this.#points.numbers;
    const rest = this.#points.write({ window, point, progress: progress.point });
    progress.numbers += this.#points.numbers - before;
    if (rest !== null) return { ...progress, atMs: tsMs, point: rest };
    this.#parts.page.add('}', 1);
    progress.point = null;
    progress.count += 1;
    return null;
  }

  #close(progress: SeriesProgress): void {
    if (progress.point === null) return;
    this.#parts.page.add(`${this.#points.closingOf(progress.point)}}`);
    progress.point = null;
    progress.count += 1;
  }

  #end(host: string, { resolution, count }: SeriesProgress, truncated: boolean): null {
    this.#parts.windows.forget(host);
    this.#parts.page.add(`],"resolution":"${resolution}","count":${count},"truncated":${truncated}`);
    return null;
  }

  async #windowAt(host: string, { stepMs, limit, count, atMs }: SeriesProgress): Promise<SeriesWindow> {
    const first = this.#first;
    this.#first = null;
    if (first !== null) return first;
    const series = this.#rangeOf(host, atMs);
    return this.#parts.windows.remembered(series) ?? this.#parts.windows.read({ series, stepMs, limit: limit - count + 1 });
  }

  #rangeOf(host: string, startMs: number): SeriesRange {
    const { collector, range } = this.#parts.selection;
    return { host, collector, startMs: Math.max(startMs, range.startMs), endMs: range.endMs };
  }
}
