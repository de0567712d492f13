import { Component, computed, inject, input } from '@angular/core';
import { LineChart } from '../charts/line-chart.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { absences, genericCharts } from './generic-charts.ts';
import { InstanceTable } from './instance-table.ts';
import { Legend } from './legend.ts';
import { PanelFrame } from './panel-frame.ts';

/** A collector drawn from its catalog and samples alone: a chart per unit, a table per dimension, and what is missing with its reason. */
@Component({
  selector: 'pw-generic-panel',
  imports: [PanelFrame, LineChart, Legend, InstanceTable],
  template: `
    <pw-panel [panel]="collector()" [collector]="collector()" [title]="info().title" [subtitle]="info().help ?? ''" [span]="span()">
      @if (charts().length > 0) {
        <div class="charts">
          @for (chart of charts(); track chart.key) {
            <section>
              @if (chart.spec.series.length > 1) {
                <h3>{{ chart.title }}</h3>
              }
              <pw-legend [spec]="chart.spec" />
              <pw-line-chart [spec]="chart.spec" />
            </section>
          }
        </div>
      }
      @if (info().dimensions.length > 0) {
        <div class="tables">
          @for (dimension of info().dimensions; track dimension.name) {
            <pw-instance-table [collector]="collector()" [dimension]="dimension" />
          }
        </div>
      }
      @for (absence of absent(); track absence.reason) {
        <p class="absent">
          <strong>{{ absence.titles.join(', ') }}</strong>{{ absence.reason }}
        </p>
      }
    </pw-panel>
  `,
  styles: `
    :host {
      display: contents;
    }
    pw-panel {
      order: 2;
    }
    .charts {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(var(--chart-width), 100%), 1fr));
      gap: var(--space-3) var(--space-4);
    }
    .tables {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(var(--table), 100%), 1fr));
      gap: var(--space-3) var(--space-5);
    }
    section {
      display: grid;
      gap: var(--space-1);
      align-content: end;
      min-width: 0;
    }
    h3 {
      color: var(--muted);
      font-size: var(--text-sm);
      font-weight: var(--weight-text);
    }
    pw-line-chart {
      height: var(--chart-small);
    }
    .absent {
      max-width: var(--measure);
      color: var(--muted);
      font-size: var(--text-sm);
    }
    .absent strong {
      margin-right: var(--space-2);
      color: var(--text);
      font-weight: var(--weight-strong);
    }
  `,
})
export class GenericPanel {
  readonly collector = input.required<string>();
  readonly #collectors = inject(CollectorStore);
  protected readonly info = computed(() => this.#collectors.info(this.collector()));
  protected readonly charts = computed(() => genericCharts(this.info()));
  protected readonly absent = computed(() => absences(this.info()));
  protected readonly span = computed(() => {
    const { dimensions } = this.info();
    const columnCount = Math.max(0, ...dimensions.map(({ metrics }) => metrics.length));
    return this.charts().length > 2 || dimensions.length > 1 || columnCount > 3 ? 12 : 6;
  });
}
