import { Component, computed, inject } from '@angular/core';
import { LineChart } from '../charts/line-chart.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { InstanceTable } from './instance-table.ts';
import { Legend } from './legend.ts';
import {
  CONNECTION_FAULTS,
  CONNECTION_STATES,
  INTERFACE_COLUMNS,
  NETWORK_LOSSES,
  NETWORK_PACKETS,
  NETWORK_SOCKETS,
} from './network-charts.ts';
import { PanelFrame } from './panel-frame.ts';
import { StatList } from './stat-list.ts';

/** The network per interface, and its connections by state: two cards. */
@Component({
  selector: 'pw-network-details',
  imports: [PanelFrame, LineChart, Legend, StatList, InstanceTable],
  templateUrl: './network-details.html',
  styleUrl: './card.scss',
})
export class NetworkDetails {
  readonly #collectors = inject(CollectorStore);
  protected readonly details = [NETWORK_PACKETS, NETWORK_LOSSES];
  protected readonly sockets = NETWORK_SOCKETS;
  protected readonly columns = INTERFACE_COLUMNS;
  protected readonly states = CONNECTION_STATES;
  protected readonly stateFaults = CONNECTION_FAULTS;
  protected readonly dimension = computed(
    () => this.#collectors.info('network').dimensions.find(({ name }) => name === 'interface') ?? null,
  );
}
