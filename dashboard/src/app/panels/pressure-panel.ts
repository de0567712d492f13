import { Component, computed, inject } from '@angular/core';
import { nullReason } from '../catalog/describe.ts';
import { LineChart } from '../charts/line-chart.ts';
import { Value } from '../controls/value.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { Legend } from './legend.ts';
import { PanelFrame } from './panel-frame.ts';
import { linesThere, PRESSURE_FULL, PRESSURE_ROWS, PRESSURE_SOME } from './pressure-charts.ts';

const NO_SUCH_FIGURE = 'Linux has no such figure of the whole machine';

/** How much of the time work stood still for want of CPU, memory or I/O. */
@Component({
  selector: 'pw-pressure-panel',
  imports: [PanelFrame, LineChart, Legend, Value],
  template: `
    <pw-panel class="narrow" panel="pressure" collector="pressure" title="Pressure" subtitle="share of time stalled" [span]="6">
      <h3>Some task waited</h3>
      <pw-legend [spec]="some()" />
      <pw-line-chart class="small" [spec]="some()" />
      <h3>All tasks waited</h3>
      <pw-legend [spec]="full()" />
      <pw-line-chart class="small" [spec]="full()" />
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Waited for</th>
            <th scope="col">some</th>
            <th scope="col">full</th>
          </tr>
        </thead>
        <tbody>
          @for (row of rows(); track row.title) {
            <tr>
              <th scope="row">{{ row.title }}</th>
              @for (cell of row.cells; track $index) {
                <td><pw-value [value]="cell.value" unit="percent" [reason]="cell.reason" [attr.data-testid]="cell.testId" /></td>
              }
            </tr>
          }
        </tbody>
      </table>
    </pw-panel>
  `,
  styleUrls: ['./card.scss', './figure-table.scss'],
})
export class PressurePanel {
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  readonly #metrics = computed(() => this.#collectors.info('pressure').metrics);
  readonly #isThere = (metric: string) => this.#metrics().some(({ name, unavailable }) => name === metric && unavailable === null);
  protected readonly some = computed(() => linesThere(PRESSURE_SOME, this.#isThere));
  protected readonly full = computed(() => linesThere(PRESSURE_FULL, this.#isThere));
  protected readonly rows = computed(() =>
    PRESSURE_ROWS.map(({ title, some, full }) => ({ title, cells: [this.#cell(some), this.#cell(full)] })),
  );

  #cell(metric: string | null) {
    if (metric === null) return { value: null, reason: NO_SUCH_FIGURE, testId: null };
    const sampleReason = this.#live.latest('pressure')?.reason ?? null;
    const reason = nullReason({ metric: this.#metrics().find(({ name }) => name === metric), sampleReason });
    return { value: this.#live.value('pressure', { metric }), reason, testId: `pressure-${metric}-figure` };
  }
}
