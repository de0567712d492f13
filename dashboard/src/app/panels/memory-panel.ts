import { Component, computed, inject } from '@angular/core';
import { LineChart } from '../charts/line-chart.ts';
import { Value } from '../controls/value.ts';
import { figureText } from '../format/format.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { Legend } from './legend.ts';
import {
  MEMORY_COMMITTED,
  MEMORY_DETAILS,
  MEMORY_FAULTS,
  MEMORY_LIMITS,
  MEMORY_UNWRITTEN,
  MEMORY_USE,
  SWAP_SPACE,
  SWAP_TRAFFIC,
} from './memory-charts.ts';
import { PanelFrame } from './panel-frame.ts';
import { StatList } from './stat-list.ts';

/** Everything the memory collector knows, as three cards. */
@Component({
  selector: 'pw-memory-panel',
  imports: [PanelFrame, LineChart, Legend, Value, StatList],
  templateUrl: './memory-panel.html',
  styleUrl: './card.scss',
})
export class MemoryPanel {
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  protected readonly use = MEMORY_USE;
  protected readonly swap = SWAP_TRAFFIC;
  protected readonly unwritten = MEMORY_UNWRITTEN;
  protected readonly committed = MEMORY_COMMITTED;
  protected readonly details = MEMORY_DETAILS;
  protected readonly faults = MEMORY_FAULTS;
  protected readonly total = { metric: 'total_bytes' };
  readonly #value = (metric: string) => this.#live.value('memory', { metric });
  protected readonly usage = computed(() => this.#value('usage_percent'));
  protected readonly subtitle = computed(() => {
    const totalBytes = this.#value('total_bytes');
    const availableBytes = this.#value('available_bytes');
    if (totalBytes === null || availableBytes === null) return 'what it is used for';
    return `${figureText(availableBytes, 'bytes')} available of ${figureText(totalBytes, 'bytes')}`;
  });
  protected readonly hasSwap = computed(() => this.#value('swap_total_bytes') !== 0);
  protected readonly limits = computed(() => (this.hasSwap() ? [...SWAP_SPACE, ...MEMORY_LIMITS] : MEMORY_LIMITS));
  protected readonly swapReason = computed(
    () =>
      this.#collectors.info('memory').metrics.find(({ name }) => name === 'swap_usage_percent')?.unavailable ??
      'This machine has no swap space: swapon(8) adds some.',
  );
}
