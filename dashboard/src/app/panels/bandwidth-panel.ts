import { Component, computed, inject } from '@angular/core';
import { LineChart } from '../charts/line-chart.ts';
import { figureText } from '../format/format.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { dramChart, NODE_COLUMNS, PAGE_IO, PAGING, sourceText } from './bandwidth-charts.ts';
import { InstanceTable } from './instance-table.ts';
import { Legend } from './legend.ts';
import { PanelFrame } from './panel-frame.ts';
import { StatList } from './stat-list.ts';

/** What moves to and from memory: DRAM traffic where there are counters of it, paging, swapping, reclaim, NUMA nodes. */
@Component({
  selector: 'pw-bandwidth-panel',
  imports: [PanelFrame, LineChart, Legend, StatList, InstanceTable],
  template: `
    <pw-panel
      class="narrow"
      panel="memory-bandwidth"
      collector="memory-bandwidth"
      title="Memory bandwidth"
      [subtitle]="subtitle()"
      [span]="6"
    >
      @if (dram(); as spec) {
        <pw-legend class="large" [spec]="spec" />
        <pw-line-chart [spec]="spec" />
        <pw-legend [spec]="pageIo" />
        <pw-line-chart class="small" [spec]="pageIo" />
      } @else {
        <pw-legend class="large" [spec]="pageIo" />
        <pw-line-chart class="small" [spec]="pageIo" />
      }
      <pw-stat-list collector="memory-bandwidth" colour="violet" [metrics]="paging" />
      @if (nodes(); as dimension) {
        <pw-instance-table collector="memory-bandwidth" [dimension]="dimension" [columnSpecs]="nodeColumns" />
      }
      @if (dramReason(); as reason) {
        <p class="reason"><strong>DRAM traffic</strong>{{ reason }}</p>
      }
    </pw-panel>
  `,
  styleUrl: './card.scss',
})
export class BandwidthPanel {
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  protected readonly pageIo = PAGE_IO;
  protected readonly paging = PAGING;
  protected readonly nodeColumns = NODE_COLUMNS;
  readonly #info = computed(() => this.#collectors.info('memory-bandwidth'));
  readonly #metric = (name: string) => this.#info().metrics.find((metric) => metric.name === name);
  protected readonly dram = computed(() => dramChart((name) => this.#metric(name)?.unavailable === null));
  protected readonly dramReason = computed(() =>
    this.dram() === null ? (this.#metric('dram_total_bytes_per_sec')?.unavailable ?? null) : null,
  );
  protected readonly nodes = computed(() => this.#info().dimensions.find(({ name }) => name === 'node') ?? null);
  protected readonly subtitle = computed(() => {
    const [first] = this.dram()?.series ?? [];
    if (first === undefined) return 'paging, swap, NUMA';
    const usage = this.#live.value('memory-bandwidth', { metric: 'dram_usage_percent' });
    const source = sourceText(this.#metric(first.path.metric)?.source ?? null);
    return usage === null ? source : `${figureText(usage, 'percent')} of what it can do, ${source}`;
  });
}
