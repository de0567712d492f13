import { Directive, inject } from '@angular/core';
import { LiveStore } from '../../live/live-store.ts';

const CHARTS = 'pw-line-chart, pw-heat-map';
/** Nearer than this, in CSS pixels, it was a click. */
const LEAST_DRAG = 4;

/** Drags and sideways turns of the wheel on any chart within move the window; Shift makes a wheel turn sideways. */
@Directive({
  selector: '[pwChartPan]',
  host: {
    '(pointerdown)': 'onDown($event)',
    '(pointermove)': 'onMove($event)',
    '(pointerup)': 'onUp()',
    '(pointercancel)': 'onUp()',
    '(wheel)': 'onWheel($event)',
  },
})
export class ChartPan {
  readonly #live = inject(LiveStore);
  #drag: { chart: Element; pointerId: number; fromX: number; fromMs: number; isMoving: boolean } | null = null;

  protected onDown(event: PointerEvent): void {
    const chart = chartOf(event);
    if (chart === null || event.button !== 0) return;
    this.#drag = { chart, pointerId: event.pointerId, fromX: event.clientX, fromMs: this.#live.range().toMs, isMoving: false };
  }

  protected onMove(event: PointerEvent): void {
    const drag = this.#drag;
    if (drag === null || drag.pointerId !== event.pointerId) return;
    const distance = event.clientX - drag.fromX;
    if (!drag.isMoving && Math.abs(distance) < LEAST_DRAG) return;
    if (!drag.isMoving) drag.chart.setPointerCapture(event.pointerId);
    drag.isMoving = true;
    const toMs = drag.fromMs - distance * this.#msPerPixel(drag.chart);
    if (this.#live.pausedAtMs() !== null || toMs < drag.fromMs) this.#live.pauseAt(toMs);
  }

  protected onUp(): void {
    this.#drag = null;
  }

  protected onWheel(event: WheelEvent): void {
    const chart = chartOf(event);
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (chart === null || !isSideways) return;
    event.preventDefault();
    this.#live.pan((event.deltaX === 0 ? event.deltaY : event.deltaX) * this.#msPerPixel(chart));
  }

  #msPerPixel(chart: Element): number {
    const { fromMs, toMs } = this.#live.range();
    return (toMs - fromMs) / Math.max(1, chart.clientWidth);
  }
}

function chartOf({ target }: Event): Element | null {
  return target instanceof Element ? target.closest(CHARTS) : null;
}
