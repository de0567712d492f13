import { Component, computed, input, output, viewChild } from '@angular/core';
import type { MetricChoice } from '../../catalog/metric-choice.ts';
import { TimeChart } from '../../charts/time-chart/time-chart.ts';
import type { ChosenRange, TimeChartSpec, TimeMark } from '../../charts/time-chart/time-series.ts';
import type { TimeRange } from '../../live/frame.ts';
import type { HistoryChart } from './history-charts.ts';
import { HistoryLegend } from './history-legend.ts';

/** One chart of the page: title, legend, lines. */
@Component({
  selector: 'pw-history-chart',
  imports: [TimeChart, HistoryLegend],
  template: `
    <h2>{{ chart().title }}</h2>
    <pw-history-legend [chart]="chart()" [range]="range()" [cursorMs]="cursorMs()" (removed)="removed.emit($event)" />
    <pw-time-chart
      [class.tall]="share() === 2"
      [class.whole]="share() === 1"
      [spec]="spec()"
      [range]="range()"
      [bands]="bands()"
      [marks]="marks()"
      [cursorMs]="cursorMs()"
      (cursor)="cursor.emit($event)"
      (zoomed)="ranged.emit($event)"
      (panned)="ranged.emit($event)"
      (pointed)="pointed.emit($event)"
      (markClicked)="markClicked.emit($event)"
    />
  `,
  host: { role: 'region', '[attr.aria-label]': 'chart().title', 'data-testid': 'history-chart' },
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: var(--space-2);
      min-width: 0;
      padding: var(--space-3);
      border: var(--hairline) solid var(--line);
      border-radius: var(--radius);
      background: var(--surface);
    }
    h2 {
      font-size: var(--text-md);
      font-weight: var(--weight-title);
      overflow-wrap: anywhere;
    }
  `,
})
export class HistoryChartCard {
  readonly chart = input.required<HistoryChart>();
  readonly range = input.required<TimeRange>();
  readonly bands = input.required<boolean>();
  readonly marks = input.required<readonly TimeMark[]>();
  readonly cursorMs = input.required<number | null>();
  /** How many charts share the page: few are drawn higher. */
  readonly share = input.required<number>();
  readonly cursor = output<number | null>();
  readonly ranged = output<ChosenRange>();
  readonly pointed = output<number>();
  readonly markClicked = output<string>();
  readonly removed = output<MetricChoice>();
  protected readonly drawing = viewChild.required(TimeChart);
  protected readonly spec = computed<TimeChartSpec>(() => {
    const { title, unit, series } = this.chart();
    return { label: `${title}: ${series.map((each) => each.title).join(', ')}`, unit, series };
  });

  /** The lines as they are on the screen; null before they are drawn. */
  picture(background: string): HTMLCanvasElement | null {
    return this.drawing().picture(background);
  }
}
