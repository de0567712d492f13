import { Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatTooltip } from '@angular/material/tooltip';
import { HeatMap } from '../charts/heat-map.ts';
import { Icon } from '../controls/icon.ts';
import { figureText } from '../format/format.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { CORE_COLUMNS } from './cpu-charts.ts';
import { InstanceTable } from './instance-table.ts';
import { PanelFrame } from './panel-frame.ts';

/** Rows whose number and value can stand beside the map; with more they would overlap. */
const MOST_LABELLED = 16;

/** Use of every CPU over time, as a map or a table. */
@Component({
  selector: 'pw-cores-panel',
  imports: [PanelFrame, HeatMap, InstanceTable, MatIconButton, MatTooltip, Icon],
  templateUrl: './cores-panel.html',
  styleUrl: './cores-panel.scss',
})
export class CoresPanel {
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  protected readonly isTable = signal(false);
  readonly #cores = computed(() => this.#live.instances('cpu', 'core'));
  /** The same list for as long as the CPUs are the same. */
  readonly #stableCores = linkedSignal<string[], string[]>({
    source: this.#cores,
    computation: (cores, previous) => (previous !== undefined && cores.join() === previous.value.join() ? previous.value : cores),
  });
  protected readonly paths = computed(() =>
    this.#stableCores().map((instance) => ({ dimension: 'core', instance, metric: 'usage_percent' })),
  );
  protected readonly cores = computed(() =>
    this.paths().map((path) => ({
      name: path.instance,
      usage: this.#live.value('cpu', path),
      text: figureText(this.#live.value('cpu', path), 'percent'),
    })),
  );
  protected readonly isLabelled = computed(() => this.cores().length <= MOST_LABELLED);
  protected readonly subtitle = computed(() => {
    const [hottest] = this.cores().toSorted((a, b) => (b.usage ?? -1) - (a.usage ?? -1));
    return hottest === undefined || hottest.usage === null ? 'use over time' : `use over time, hottest ${hottest.name} at ${hottest.text}`;
  });
  protected readonly dimension = computed(() => {
    const core = this.#collectors.info('cpu').dimensions.find(({ name }) => name === 'core');
    if (core === undefined) return null;
    const metrics = CORE_COLUMNS.flatMap((name) => core.metrics.filter((metric) => metric.name === name && metric.unavailable === null));
    return { ...core, metrics };
  });
}
