import { Component, computed, effect, type ElementRef, inject, input, signal, viewChild } from '@angular/core';
import type { MetricPath } from '@perfwatch/contract';
import { MarkLines } from '../annotations/mark-lines.ts';
import { LiveStore } from '../live/live-store.ts';
import { TimeDisplay } from '../preferences/time-display.ts';
import { ThemeStore } from '../theme/theme-store.ts';
import { openCanvas } from './canvas.ts';
import { chartPaths, type ChartSpec } from './chart-spec.ts';
import { ChartTip } from './chart-tip.ts';
import { paintLines } from './line-painter.ts';
import { nearestKnown, plotInset, scaleOf } from './plot.ts';
import { elementSize, onScreen } from './visible.ts';

/** From the crosshair to what it says, in CSS pixels. */
const TIP_GAP = 12;
/** Farther from the pointer than this many points nothing is said. */
const REACH = 2;

/**
 * Lines or stacked layers over the page's time axis. Its figures stand in the legend beside it. Drawn by hand: a page has two dozen, each
 * anew with every tick.
 */
@Component({
  selector: 'pw-line-chart',
  imports: [MarkLines, ChartTip],
  template: `<canvas
      #canvas
      role="img"
      [attr.aria-label]="spec().label"
      (pointermove)="pointerX.set($event.offsetX)"
      (pointerleave)="onLeave()"
    ></canvas>
    @if (crosshair(); as at) {
      <i class="crosshair" [style.left.px]="at.left" [style.top.px]="inset().top" [style.bottom.px]="inset().bottom"></i>
      @if (pointed(); as row) {
        <pw-chart-tip [spec]="spec()" [row]="row" [style.left.px]="at.tipLeft" [style.right.px]="at.tipRight" />
      }
    }
    <pw-mark-lines [left]="inset().left" [right]="inset().right" [top]="inset().top" [bottom]="inset().bottom" />`,
  styles: `
    :host {
      display: block;
      position: relative;
      touch-action: pan-y;
      height: var(--chart-medium);
      min-width: 0;
    }
    canvas {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
    }
    .crosshair {
      position: absolute;
      border-left: var(--hairline) dashed var(--muted);
      pointer-events: none;
    }
  `,
})
export class LineChart {
  readonly spec = input.required<ChartSpec>();
  /** A metric that is the whole: the axis ends there. */
  readonly total = input<MetricPath | null>(null);
  protected readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  protected readonly inset = computed(() => plotInset(this.spec().unit, this.#theme.chart().labelSize));
  /** Where the pointer is over the chart, in CSS pixels from its left edge; null while it is elsewhere. */
  protected readonly pointerX = signal<number | null>(null);
  readonly #live = inject(LiveStore);
  readonly #theme = inject(ThemeStore);
  readonly #clock = inject(TimeDisplay).clock;
  readonly #isVisible = onScreen();
  readonly #size = elementSize();
  readonly #paths = computed(() => chartPaths(this.spec()));
  readonly #rows = computed(() => this.#live.rows(this.spec().collector, this.#paths()));
  readonly #plotWidth = computed(() => Math.max(1, this.#size().width - this.inset().left - this.inset().right));

  /** The row under the pointer, which also moves as the data do. */
  protected readonly pointed = computed(() => {
    const x = this.pointerX();
    if (x === null) return null;
    const { fromMs, toMs } = this.#live.range();
    const timeMs = fromMs + ((x - this.inset().left) / this.#plotWidth()) * (toMs - fromMs);
    return nearestKnown(this.#rows(), timeMs, REACH * this.#live.stepMs(this.spec().collector));
  });
  /** Where the moment stands that any chart points to; null outside of what is shown. */
  protected readonly crosshair = computed(() => {
    const timeMs = this.#live.crosshairMs();
    const { fromMs, toMs } = this.#live.range();
    if (timeMs === null || timeMs < fromMs || timeMs > toMs) return null;
    const left = this.inset().left + ((timeMs - fromMs) / (toMs - fromMs)) * this.#plotWidth();
    const { width } = this.#size();
    const isRight = left > width / 2;
    return { left, tipLeft: isRight ? null : left + TIP_GAP, tipRight: isRight ? width - left + TIP_GAP : null };
  });

  constructor() {
    effect(() => {
      if (this.#isVisible()) this.#draw();
    });
    // What this chart says, every legend and every other chart say too.
    effect(() => {
      if (this.pointerX() !== null) this.#live.crosshairMs.set(this.pointed()?.[0] ?? null);
    });
  }

  protected onLeave(): void {
    this.pointerX.set(null);
    this.#live.crosshairMs.set(null);
  }

  #draw(): void {
    const size = this.#size();
    const context = openCanvas(this.canvas().nativeElement, size);
    if (context === null) return;
    const [spec, rows] = [this.spec(), this.#rows()];
    paintLines(context, {
      spec,
      rows,
      size,
      range: this.#live.range(),
      scale: scaleOf(spec, { rows, total: this.#whole() }),
      inset: this.inset(),
      theme: this.#theme.chart(),
      clock: this.#clock(),
    });
  }

  #whole(): number | null {
    const total = this.total();
    const latest = total === null ? null : this.#live.latest(this.spec().collector)?.metrics[total.metric];
    return typeof latest === 'number' ? latest : null;
  }
}
