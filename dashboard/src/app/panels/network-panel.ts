import { Component, computed, inject } from '@angular/core';
import { LineChart } from '../charts/line-chart.ts';
import { figureText } from '../format/format.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { Legend } from './legend.ts';
import { interfacesIn, NETWORK_TRAFFIC, TRAFFIC_FAULTS } from './network-charts.ts';
import { NetworkDetails } from './network-details.ts';
import { PanelFrame } from './panel-frame.ts';

/** Everything the network collector knows, as three cards. */
@Component({
  selector: 'pw-network-panel',
  imports: [PanelFrame, LineChart, Legend, NetworkDetails],
  templateUrl: './network-panel.html',
  styleUrl: './card.scss',
  styles: `
    .faults {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-1) var(--space-3);
      color: var(--bad);
      font-size: var(--text-sm);
    }
  `,
})
export class NetworkPanel {
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  readonly #info = computed(() => this.#collectors.info('network'));
  protected readonly traffic = NETWORK_TRAFFIC;
  protected readonly subtitle = computed(() => {
    const names = interfacesIn(this.#info().metrics.find(({ name }) => name === 'recv_bytes_per_sec')?.source ?? null);
    const sockets = this.#live.value('network', { metric: 'connection_count' });
    return [names, sockets === null ? '' : `${figureText(sockets, 'count')} sockets`].filter((part) => part !== '').join(' · ');
  });
  /** Errors and drops of the totals: none is the rule, and says nothing. */
  protected readonly faults = computed(() =>
    TRAFFIC_FAULTS.flatMap((metric) => {
      const value = this.#live.value('network', { metric });
      const title = this.#info().metrics.find(({ name }) => name === metric)?.title ?? metric;
      return value === null || value === 0 ? [] : [{ title, text: figureText(value, 'per_sec') }];
    }),
  );
}
