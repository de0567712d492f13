import { Component, computed, inject } from '@angular/core';
import { LineChart } from '../charts/line-chart.ts';
import { figureText, middleCut } from '../format/format.ts';
import { LiveStore } from '../live/live-store.ts';
import { busiest } from './busiest.ts';
import { DISK_THROUGHPUT, MOST_LINES } from './disk-charts.ts';
import { DiskDetails } from './disk-details.ts';
import { Legend } from './legend.ts';
import { PanelFrame } from './panel-frame.ts';

const LONGEST_NAME = 24;

/** Everything the disk collector knows, as three cards. */
@Component({
  selector: 'pw-disk-panel',
  imports: [PanelFrame, LineChart, Legend, DiskDetails],
  templateUrl: './disk-panel.html',
  styleUrl: './card.scss',
})
export class DiskPanel {
  readonly #live = inject(LiveStore);
  protected readonly throughput = DISK_THROUGHPUT;
  protected readonly devices = busiest(this.#live, {
    collector: 'disk',
    dimension: 'device',
    metric: 'utilization_percent',
    most: MOST_LINES,
  });
  protected readonly subtitle = computed(() => {
    const [device] = this.devices();
    if (device === undefined) return 'all physical disks';
    const path = { dimension: 'device', instance: device, metric: 'utilization_percent' };
    return `${middleCut(device, LONGEST_NAME)} busy ${figureText(this.#live.value('disk', path), 'percent')}`;
  });
}
