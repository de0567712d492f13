import { Component, computed, DestroyRef, ElementRef, inject, input, linkedSignal, output, signal, viewChild } from '@angular/core';
import { CustomChart } from 'echarts/charts';
import { use, type ECharts, type EChartsCoreOption } from 'echarts/core';
import { NgxEchartsDirective } from 'ngx-echarts';
import type { TimeRange } from '../../live/frame.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';
import { ThemeStore } from '../../theme/theme-store.ts';
import { elementSize, onScreen } from '../visible.ts';
import { ChartGestures, WheelZoom, type GestureResult } from './chart-gestures.ts';
import { momentAt, shareOf } from './move-range.ts';
import { isSameShape, PLOT_INSET, shapeOf, timeMerge, timeOptions } from './time-options.ts';
import type { ChosenRange, TimeChartSpec, TimeMark } from './time-series.ts';
import { offsetOf, timeTicks } from './time-ticks.ts';

const DAY_MS = 86_400_000;

/** A mark as it lies over the plot, in percent of its width. */
interface PlacedMark extends TimeMark {
  left: number;
  width: number;
  text: string;
}

/** Lines over any range of time, with the band of minima and maxima behind. A mouse brushes to zoom, the wheel zooms, Shift or the axis pans. */
@Component({
  selector: 'pw-time-chart',
  imports: [NgxEchartsDirective],
  templateUrl: './time-chart.html',
  styleUrl: './time-chart.scss',
})
export class TimeChart {
  readonly spec = input.required<TimeChartSpec>();
  readonly range = input.required<TimeRange>();
  /** Whether minima and maxima are drawn. */
  readonly bands = input(true);
  readonly marks = input<readonly TimeMark[]>([]);
  /** The moment of the crosshair, which all charts of a page share. */
  readonly cursorMs = input<number | null>(null);
  /** The moment under the pointer, null when it leaves. */
  readonly cursor = output<number | null>();
  /** A stretch was brushed, or a wheel or two fingers zoom. */
  readonly zoomed = output<ChosenRange>();
  readonly panned = output<ChosenRange>();
  /** A moment was clicked twice. */
  readonly pointed = output<number>();
  readonly markClicked = output<string>();
  protected readonly inset = PLOT_INSET;
  protected readonly plot = viewChild.required<ElementRef<HTMLElement>>('plot');
  protected readonly brush = signal<{ left: number; width: number } | null>(null);
  readonly #clock = inject(TimeDisplay).clock;
  readonly #theme = inject(ThemeStore);
  readonly #isVisible = onScreen();
  readonly #size = elementSize();
  readonly #gestures = new ChartGestures();
  readonly #wheel = new WheelZoom();
  #chart: ECharts | null = null;

  readonly #shape = computed(() => shapeOf(this.spec()), { equal: isSameShape });
  protected readonly options = computed<EChartsCoreOption>(() => timeOptions(this.#shape(), this.#theme.chart()));
  /** The frame on the screen; hidden charts keep their last one. */
  protected readonly merge = linkedSignal<EChartsCoreOption | null, EChartsCoreOption>({
    source: () => {
      this.options();
      return this.#isVisible() ? this.#frame() : null;
    },
    computation: (frame, previous) => frame ?? previous?.value ?? {},
  });

  protected readonly crosshair = computed(() => this.#percent(this.cursorMs()));
  protected readonly crosshairText = computed(() => {
    const { fromMs, toMs } = this.range();
    const cursorMs = this.cursorMs() ?? fromMs;
    return toMs - fromMs > DAY_MS ? this.#clock().moment(cursorMs) : this.#clock().seconds(cursorMs);
  });
  protected readonly placedMarks = computed(() => this.marks().flatMap((mark) => this.#placed(mark)));

  constructor() {
    use([CustomChart]);
    const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    const onScroll = (event: WheelEvent) => {
      if (!(event.target instanceof Element) || event.target.closest('pw-time-chart .plot') === null) this.#wheel.scrolled(event.timeStamp);
    };
    const page = element.ownerDocument;
    page.addEventListener('wheel', onScroll, { passive: true });
    inject(DestroyRef).onDestroy(() => page.removeEventListener('wheel', onScroll));
  }

  /** The chart as it is, or would be if it were on the screen, twice as fine; null before there is one. */
  picture(background: string): HTMLCanvasElement | null {
    if (!this.#isVisible()) this.#chart?.setOption(this.#frame());
    return this.#chart?.renderToCanvas({ pixelRatio: 2, backgroundColor: background }) ?? null;
  }

  protected onInit(chart: ECharts): void {
    this.#chart = chart;
  }

  protected onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.plot().nativeElement.setPointerCapture(event.pointerId);
    const pans =
      event.pointerType === 'touch' || event.shiftKey || (event.target instanceof Element && event.target.closest('.axis') !== null);
    this.#gestures.down({ id: event.pointerId, x: this.#x(event), pans }, this.#plotNow());
  }

  protected onMove(event: PointerEvent): void {
    const share = this.#x(event) / this.#plotNow().width;
    this.cursor.emit(share >= 0 && share <= 1 ? Math.round(momentAt(share, this.range())) : null);
    this.#act(this.#gestures.move({ id: event.pointerId, x: this.#x(event) }, this.#plotNow()));
  }

  protected onUp(event: PointerEvent): void {
    this.brush.set(null);
    this.#act(this.#gestures.up({ id: event.pointerId, x: this.#x(event) }, this.#plotNow()));
  }

  protected onCancel(): void {
    this.#gestures.cancel();
    this.brush.set(null);
  }

  protected onWheel(event: WheelEvent): void {
    const share = this.#x(event) / this.#plotNow().width;
    const { deltaX, deltaY, timeStamp: atMs, shiftKey: isShift } = event;
    const range = this.#wheel.turned({ deltaX, deltaY, atMs, isShift }, { range: this.range(), share });
    if (range === null) return;
    event.preventDefault();
    this.zoomed.emit(range);
  }

  protected onDouble(event: MouseEvent): void {
    this.pointed.emit(Math.round(momentAt(this.#x(event) / this.#plotNow().width, this.range())));
  }

  #act(result: GestureResult): void {
    if (result.kind === 'zoomed') this.zoomed.emit(result.range);
    else if (result.kind === 'panned') this.panned.emit(result.range);
    else if (result.kind === 'brush') {
      const [from, to] = [Math.min(...result.shares), Math.max(...result.shares)].map((share) => 100 * Math.min(1, Math.max(0, share)));
      this.brush.set({ left: from ?? 0, width: (to ?? 0) - (from ?? 0) });
    }
  }

  #frame(): EChartsCoreOption {
    const range = this.range();
    const clock = this.#clock();
    const width = this.#size().width - PLOT_INSET.left - PLOT_INSET.right;
    const ticks = timeTicks(range, { width, offset: offsetOf(clock.zone) });
    const days = new Set(ticks.filter(({ isDay }) => isDay).map(({ timeMs }) => timeMs));
    const tickText = (timeMs: number) => (days.has(timeMs) ? clock.date(timeMs) : clock.axis(timeMs));
    return timeMerge(this.spec(), { range, bands: this.bands(), ticks, tickText, theme: this.#theme.chart() });
  }

  #placed(mark: TimeMark): PlacedMark[] {
    const left = Math.max(0, 100 * shareOf(mark.fromMs, this.range()));
    const right = Math.min(100, 100 * shareOf(mark.toMs ?? mark.fromMs, this.range()));
    return left > 100 || right < 0
      ? []
      : [{ ...mark, left, width: right - left, text: `${this.#clock().moment(mark.fromMs)}: ${mark.title}` }];
  }

  #percent(timeMs: number | null): number | null {
    if (timeMs === null) return null;
    const percent = 100 * shareOf(timeMs, this.range());
    return percent >= 0 && percent <= 100 ? percent : null;
  }

  #plotNow(): { width: number; range: TimeRange } {
    return { width: Math.max(1, this.plot().nativeElement.clientWidth), range: this.range() };
  }

  #x(event: MouseEvent): number {
    return event.clientX - this.plot().nativeElement.getBoundingClientRect().left;
  }
}
