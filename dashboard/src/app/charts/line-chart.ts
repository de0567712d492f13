import { Component, computed, inject, input, linkedSignal, signal, untracked } from '@angular/core';
import type { MetricPath, MetricValue } from '@perfwatch/contract';
import type { ECharts, EChartsCoreOption } from 'echarts/core';
import { NgxEchartsDirective } from 'ngx-echarts';
import { LiveStore } from '../live/live-store.ts';
import { ThemeStore } from '../theme/theme-store.ts';
import { CROSSHAIR_GROUP } from './echarts.ts';
import { lineMerge, lineOptions, type ChartSpec } from './line-options.ts';
import { tooltipElement } from './tooltip-element.ts';
import { onScreen } from './visible.ts';

/** Lines or stacked layers over the page's time axis. Its figures stand in the legend beside it. */
@Component({
  selector: 'pw-line-chart',
  imports: [NgxEchartsDirective],
  template: `<div
    echarts
    class="chart"
    role="img"
    [attr.aria-label]="spec().label"
    [options]="options()"
    [merge]="merge()"
    (chartInit)="onInit($event)"
    (pointerenter)="isUnderPointer.set(true)"
    (pointerleave)="onLeave()"
  ></div>`,
  styles: `
    :host {
      display: block;
      height: var(--chart-medium);
      min-width: 0;
    }
    .chart {
      height: 100%;
    }
  `,
})
export class LineChart {
  readonly spec = input.required<ChartSpec>();
  /** A metric that is the whole: the axis ends there. */
  readonly total = input<MetricPath | null>(null);
  protected readonly isUnderPointer = signal(false);
  readonly #live = inject(LiveStore);
  readonly #theme = inject(ThemeStore);
  readonly #isVisible = onScreen();

  protected readonly options = computed<EChartsCoreOption>(() => {
    const options = lineOptions(this.spec(), this.#theme.chart());
    const tooltip = { ...(options['tooltip'] as object), formatter: (items: unknown) => this.#tooltip(items) };
    return { ...options, tooltip };
  });

  /** The frame on the screen; hidden charts keep their last one. */
  protected readonly merge = linkedSignal<EChartsCoreOption | null, EChartsCoreOption>({
    source: () => {
      this.options();
      return this.#isVisible() ? this.#frame() : null;
    },
    computation: (frame, previous) => frame ?? previous?.value ?? {},
  });

  protected onInit(chart: ECharts): void {
    chart.group = CROSSHAIR_GROUP;
  }

  protected onLeave(): void {
    this.isUnderPointer.set(false);
    this.#live.crosshairMs.set(null);
  }

  #frame(): EChartsCoreOption {
    const spec = this.spec();
    const rows = this.#live.rows(
      spec.collector,
      spec.series.map(({ path }) => path),
    );
    const total = this.total();
    const latest = total === null ? null : this.#live.latest(spec.collector)?.metrics[total.metric];
    return lineMerge(spec, { rows, range: this.#live.range(), total: typeof latest === 'number' ? latest : null });
  }

  /** Called by the chart under the pointer whenever the pointer or the data move: what it says, every legend says too. */
  #tooltip(items: unknown): HTMLElement | string {
    if (!untracked(this.isUnderPointer) || !Array.isArray(items)) return '';
    const [first] = items as { value?: unknown }[];
    if (!Array.isArray(first?.value)) return '';
    const [timeMs, ...values] = first.value as [number, ...MetricValue[]];
    queueMicrotask(() => this.#live.crosshairMs.set(timeMs));
    return tooltipElement(this.spec(), { timeMs, values, theme: this.#theme.chart() });
  }
}
