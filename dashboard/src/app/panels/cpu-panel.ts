import { Component, computed, inject } from '@angular/core';
import { nullReason } from '../catalog/describe.ts';
import { LineChart } from '../charts/line-chart.ts';
import { Value } from '../controls/value.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { CoresPanel } from './cores-panel.ts';
import { CPU_ACTIVITY, CPU_FREQUENCY, CPU_LOAD, CPU_MODES } from './cpu-charts.ts';
import { InstanceTable } from './instance-table.ts';
import { Legend } from './legend.ts';
import { PanelFrame } from './panel-frame.ts';
import { StatList } from './stat-list.ts';

/** Everything the cpu collector knows, as five cards. */
@Component({
  selector: 'pw-cpu-panel',
  imports: [PanelFrame, LineChart, Legend, Value, StatList, CoresPanel, InstanceTable],
  templateUrl: './cpu-panel.html',
  styleUrl: './cpu-panel.scss',
})
export class CpuPanel {
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  protected readonly modes = CPU_MODES;
  protected readonly load = CPU_LOAD;
  protected readonly activity = CPU_ACTIVITY;
  protected readonly frequency = CPU_FREQUENCY;
  protected readonly usage = computed(() => this.#live.value('cpu', { metric: 'usage_percent' }));
  protected readonly coreCount = computed(
    () => this.#live.value('cpu', { metric: 'core_count' }) ?? this.#live.instances('cpu', 'core').length,
  );
  protected readonly modesSubtitle = computed(() => `time by mode, % of ${this.coreCount()} CPUs`);
  protected readonly loadSubtitle = computed(() => `tasks running or waiting, ${this.coreCount()} CPUs`);
  protected readonly sensors = computed(() => this.#collectors.info('cpu').dimensions.find(({ name }) => name === 'sensor') ?? null);
  /** One sensor is the temperature itself. */
  protected readonly hasSensors = computed(() => this.#live.instances('cpu', 'sensor').length > 1);
  readonly #reasons = computed(() => {
    const { metrics } = this.#collectors.info('cpu');
    const reasonOf = (name: string) => metrics.find((metric) => metric.name === name)?.unavailable ?? null;
    return { frequency: reasonOf('frequency_mhz'), temperature: reasonOf('temperature_celsius') };
  });
  protected readonly frequencyReason = computed(() => this.#reasons().frequency);
  protected readonly temperatureReason = computed(() => this.#reasons().temperature);
  protected readonly usageReason = computed(() =>
    nullReason({ metric: undefined, sampleReason: this.#live.latest('cpu')?.reason ?? null }),
  );
}
