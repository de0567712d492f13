import { Component, computed, inject, Injector } from '@angular/core';
import { nullReason } from '../catalog/describe.ts';
import { LineChart } from '../charts/line-chart.ts';
import { Value } from '../controls/value.ts';
import { figureText } from '../format/format.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { textOpacityOf } from '../charts/certainty.ts';
import { columnsThere } from './columns.ts';
import { InstanceTable } from './instance-table.ts';
import { Legend } from './legend.ts';
import { PanelFrame } from './panel-frame.ts';
import { CORE_RATIO_COLUMNS, GROUP_OF, IPC, missChart, PERF_FACTS, shareOf, SOFTWARE } from './perf-charts.ts';
import { hasHardware, isThere, leastShare } from './perf-rows.ts';
import { PerfTable } from './perf-table.ts';

/** What the processor and the kernel count of their own work; where there is no PMU, what the kernel alone does. */
@Component({
  selector: 'pw-perf-panel',
  imports: [PanelFrame, LineChart, Legend, Value, PerfTable, InstanceTable],
  templateUrl: './perf-panel.html',
  styleUrl: './card.scss',
  styles: `
    .report {
      padding: 0;
      border: 0;
      background: none;
      color: var(--accent);
      font: inherit;
      font-size: var(--text-sm);
      white-space: nowrap;
      cursor: pointer;
    }
    .summary {
      color: var(--muted);
      font-size: var(--text-sm);
    }
    .summary pw-value {
      color: var(--text);
    }
    .faded {
      --muted: var(--text);
    }
    b {
      font-weight: var(--weight-strong);
    }
    @media (max-width: 700px) {
      .report {
        min-height: var(--touch);
      }
    }
  `,
})
export class PerfPanel {
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  readonly #injector = inject(Injector);
  protected readonly ipcChart = IPC;
  protected readonly software = SOFTWARE;
  readonly #info = computed(() => this.#collectors.info('perf-events'));
  protected readonly hasHardware = computed(() => hasHardware(this.#info()));
  protected readonly misses = computed(() => missChart((metric) => isThere(this.#info(), metric)));
  protected readonly ipc = computed(() => this.#figure('ipc_ratio'));
  protected readonly facts = computed(() =>
    PERF_FACTS.filter(({ metric }) => isThere(this.#info(), metric)).map(({ metric, title }) => ({ title, ...this.#figure(metric) })),
  );
  protected readonly cores = computed(() => {
    const core = this.#info().dimensions.find(({ name }) => name === 'core');
    if (core === undefined || core.unavailable !== null || this.#live.instances('perf-events', 'core').length === 0) return null;
    return core;
  });
  protected readonly coreColumns = computed(() => {
    const dimension = this.cores();
    return dimension === null ? [] : columnsThere(CORE_RATIO_COLUMNS, dimension);
  });
  protected readonly subtitle = computed(() => {
    const share = leastShare(this.#live.instances('perf-events', 'group'), (path) => this.#live.value('perf-events', path));
    const counted = share === null ? '' : `counted ${figureText(share, 'percent')} of the time`;
    return this.hasHardware() || counted === '' ? counted : `no PMU here · ${counted}`;
  });
  /** For the legends: fainter where it was counted only a part of the time. */
  protected readonly confidenceOf = (metric: string) => {
    const group = GROUP_OF[metric];
    const share = group === undefined ? null : this.#live.value('perf-events', shareOf(group));
    return share === null ? null : { opacity: textOpacityOf(share), help: `Counted ${figureText(share, 'percent')} of the time` };
  };

  protected async openReport(): Promise<void> {
    const { openCapabilityReport } = await import('./capability-report.ts');
    openCapabilityReport(this.#injector, {
      host: this.#live.host() ?? '',
      info: this.#info(),
      groups: this.#live.instances('perf-events', 'group').map((name) => ({
        name,
        sharePercent: this.#live.value('perf-events', shareOf(name)),
      })),
    });
  }

  #figure(name: string) {
    const metric = this.#info().metrics.find((candidate) => candidate.name === name);
    const confidence = this.confidenceOf(name);
    return {
      value: this.#live.value('perf-events', { metric: name }),
      unit: metric?.unit ?? null,
      reason: nullReason({ metric, sampleReason: this.#live.latest('perf-events')?.reason ?? null }),
      opacity: confidence?.opacity ?? 1,
      help: confidence?.help ?? '',
    };
  }
}
