import { Component, computed, inject, input } from '@angular/core';
import { LineChart } from '../charts/line-chart.ts';
import { middleCut } from '../format/format.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { busiest } from './busiest.ts';
import { busyChart, DEVICE_COLUMNS, DISK_OPERATIONS, FILESYSTEM_COLUMNS, fullChart, latencyChart, MOST_LINES } from './disk-charts.ts';
import { InstanceTable } from './instance-table.ts';
import { Legend } from './legend.ts';
import { PanelFrame } from './panel-frame.ts';

const LONGEST_NAME = 24;

/** The disks one by one, and the file systems: two cards. */
@Component({
  selector: 'pw-disk-details',
  imports: [PanelFrame, LineChart, Legend, InstanceTable],
  templateUrl: './disk-details.html',
  styleUrl: './card.scss',
  styles: `
    @media (min-width: 1151px) {
      pw-panel.devices {
        grid-column: span 7;
      }
      pw-panel.filesystems {
        grid-column: span 5;
      }
    }
  `,
})
export class DiskDetails {
  /** The busiest, in order. */
  readonly devices = input.required<readonly string[]>();
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  protected readonly operations = DISK_OPERATIONS;
  protected readonly deviceColumns = DEVICE_COLUMNS;
  protected readonly filesystemColumns = FILESYSTEM_COLUMNS;
  readonly #fullest = busiest(this.#live, { collector: 'disk', dimension: 'filesystem', metric: 'used_percent', most: MOST_LINES });
  protected readonly latency = computed(() => latencyChart(this.devices()[0]));
  protected readonly full = computed(() => fullChart(this.#fullest()));
  protected readonly busy = computed(() => busyChart(this.devices()));
  protected readonly fullest = computed(() => {
    const [mount] = this.#fullest();
    return mount === undefined ? '' : `fullest ${middleCut(mount, LONGEST_NAME)}`;
  });

  protected dimension(name: string) {
    return this.#collectors.info('disk').dimensions.find((dimension) => dimension.name === name) ?? null;
  }
}
