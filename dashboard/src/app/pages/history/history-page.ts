import { Component, computed, DestroyRef, effect, inject, Injector, signal, viewChild, viewChildren } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import type { AnnotationRecord } from '@perfwatch/contract';
import { openAddMark } from '../../annotations/open-add-mark.ts';
import { HistoryApi } from '../../api/history-api.ts';
import { problemText } from '../../api/problem-text.ts';
import { formatChoice, type MetricChoice } from '../../catalog/metric-choice.ts';
import { zoomRange } from '../../charts/time-chart/move-range.ts';
import type { TimeMark } from '../../charts/time-chart/time-series.ts';
import { Icon } from '../../controls/icon.ts';
import { Keyboard } from '../../keyboard/keyboard.ts';
import { LiveConnection } from '../../live/live-connection.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';
import { SessionStore } from '../../session/session-store.ts';
import { ThemeStore } from '../../theme/theme-store.ts';
import { HistoryAddress } from './history-address.ts';
import { HistoryChartCard } from './history-chart-card.ts';
import { HistoryMarks } from './history-marks.ts';
import { HistoryStore } from './history-store.ts';
import { HistoryToolbar } from './history-toolbar.ts';
import { MarkList } from './mark-list.ts';
import { pagePicture } from './page-picture.ts';
import { RangeMover } from './range-mover.ts';
import { resolutionTexts, truncationText } from './resolution-text.ts';

const SKELETON_CHARTS = [1, 2, 3];
/** A mark is shown with so much of the time before and after it. */
const AROUND_MARK_MS = 300_000;

/** The stored past of any metrics and hosts on one time axis. Everything on the screen is in its address. */
@Component({
  selector: 'pw-history-page',
  imports: [HistoryToolbar, HistoryChartCard, MarkList, MatButton, Icon],
  providers: [HistoryAddress, HistoryStore, HistoryMarks, LiveConnection, RangeMover],
  templateUrl: './history-page.html',
  styleUrl: './history-page.scss',
})
export default class HistoryPage {
  protected readonly store = inject(HistoryStore);
  protected readonly told = inject(HistoryMarks);
  protected readonly mover = inject(RangeMover);
  protected readonly skeletons = SKELETON_CHARTS;
  readonly #address = inject(HistoryAddress);
  readonly #api = inject(HistoryApi);
  readonly #clock = inject(TimeDisplay).clock;
  readonly #theme = inject(ThemeStore);
  readonly #session = inject(SessionStore);
  readonly #injector = inject(Injector);
  readonly #destroyRef = inject(DestroyRef);
  protected readonly cards = viewChildren(HistoryChartCard);
  protected readonly toolbar = viewChild.required(HistoryToolbar);
  /** The moment under the pointer, in all charts. */
  protected readonly cursorMs = signal<number | null>(null);
  /** The mark that was clicked on a chart. */
  protected readonly litMark = signal<string | null>(null);
  protected readonly markFault = signal<string | null>(null);

  protected readonly marks = computed<TimeMark[]>(() =>
    this.told.marks().map(({ id, ts, end_ts: end, title }) => ({
      id,
      title,
      fromMs: Date.parse(ts),
      toMs: end === null ? null : Date.parse(end),
    })),
  );
  protected readonly notes = computed(() => {
    const told = this.store.told();
    const limit = this.store.pointLimit();
    const truncated = truncationText(told, limit);
    const absent = this.store.absent();
    const leftOut = this.store.leftOut();
    const silentHosts = this.store.silentHosts();
    if (this.store.charts().length === 0) return [];
    return [
      ...resolutionTexts(told, limit),
      ...(truncated === null ? [] : [truncated]),
      ...(silentHosts.length > 0 ? [`Nothing in this range from ${silentHosts.join(', ')}`] : []),
      ...(absent.length > 0 && absent.length <= 3 ? [`Nothing in this range of ${absent.join(', ')}`] : []),
      ...(absent.length > 3 ? [`Nothing in this range of ${absent.length} of the metrics`] : []),
      ...(leftOut > 0 ? [`${leftOut} lines more than fit the page: choose fewer instances`] : []),
    ];
  });
  protected readonly cursorText = computed(() => {
    const cursorMs = this.cursorMs();
    return cursorMs === null ? '' : this.#clock().moment(cursorMs);
  });
  /** Why no chart is drawn, when none is and nothing is under way. */
  protected readonly emptyText = computed(() => {
    const { metrics } = this.store.state();
    if (this.store.charts().length > 0 || this.store.fault() !== null) return null;
    if (this.store.hosts()?.length === 0) return 'No host has sent anything yet. A collector that is running appears here within seconds.';
    if (metrics?.length === 0) return 'No metric is chosen.';
    return this.store.hasAnswer() && !this.store.isLoading() ? this.#nothingText() : null;
  });

  constructor() {
    effect(() => {
      const lit = this.litMark();
      if (lit !== null && !this.told.marks().some(({ id }) => id === lit)) this.litMark.set(null);
    });
    this.#destroyRef.onDestroy(() => this.mover.stop());
    const keyboard = inject(Keyboard);
    const on = (key: string, label: string, run: () => void) => keyboard.on(key, { group: 'History', label, run }, this.#destroyRef);
    on('ArrowLeft', 'Earlier', () => this.mover.pan(-1));
    on('ArrowRight', 'Later', () => this.mover.pan(1));
    on('+', 'Zoom in', () => this.mover.zoom(1, this.cursorMs()));
    on('-', 'Zoom out', () => this.mover.zoom(-1, this.cursorMs()));
    on('0', 'Back to the range chosen last', () => this.mover.goHome());
    on('Home', 'Back to the range chosen last', () => this.mover.goHome());
    on('m', 'Add a mark (administrators)', () => this.addMark(this.cursorMs()));
  }

  protected remove(choice: MetricChoice): void {
    const key = formatChoice(choice);
    const metrics = (this.store.state().metrics ?? []).filter((other) => formatChoice(other) !== key);
    this.#address.go({ metrics });
  }

  protected showAround({ ts, end_ts: end }: AnnotationRecord): void {
    const fromMs = Date.parse(ts);
    const toMs = end === null ? fromMs : Date.parse(end);
    const range = { fromMs: fromMs - AROUND_MARK_MS, toMs: toMs + AROUND_MARK_MS };
    this.mover.move({ ...zoomRange(range, 1, fromMs), isMoving: false });
  }

  /** Asks for a mark at a moment, or at the end of what is shown. */
  protected addMark(atMs: number | null): void {
    const { hosts } = this.store.state();
    const [host] = hosts;
    const { toMs } = this.mover.range();
    if (host === undefined || !this.#session.isAdmin()) return;
    void openAddMark(this.#injector, { host, hosts, tsMs: atMs ?? Math.min(toMs, Date.now()) }).then((mark) => {
      if (mark !== undefined) this.told.add(mark);
    });
  }

  protected removeMark({ id }: AnnotationRecord): void {
    this.markFault.set(null);
    this.#api
      .removeAnnotation(id)
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({ next: () => this.told.drop(id), error: (error: unknown) => this.markFault.set(problemText(error)) });
  }

  protected async export(): Promise<void> {
    const { openExportDialog } = await import('./export-dialog.ts');
    openExportDialog(this.#injector, {
      queries: this.store.queries(),
      titles: new Map(this.store.collectors()?.map(({ name, title }) => [name, title])),
      shownSteps: this.store.shownSteps(),
      picture: () => this.#picture(),
    });
  }

  #nothingText(): string {
    const { fromMs, toMs } = this.store.range();
    const clock = this.#clock();
    const oldestMs = this.store.oldestMs();
    const oldest = oldestMs === null ? '' : ` The oldest sample is of ${clock.moment(oldestMs)}.`;
    return `Nothing was recorded between ${clock.moment(fromMs)} and ${clock.moment(toMs)}.${oldest}`;
  }

  #picture(): HTMLCanvasElement | null {
    const theme = this.#theme.chart();
    const range = this.mover.range();
    const clock = this.#clock();
    const drawn = this.cards().flatMap((card) => {
      const canvas = card.picture(theme.surface);
      return canvas === null ? [] : [{ chart: card.chart(), canvas }];
    });
    const hosts = this.store.state().hosts.join(', ');
    return pagePicture({
      drawn,
      range,
      theme,
      marks: this.marks(),
      heading: `${hosts} · ${clock.moment(range.fromMs)} to ${clock.moment(range.toMs)} (${clock.zone})`,
    });
  }
}
