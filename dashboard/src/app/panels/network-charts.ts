import type { ChartSpec } from '../charts/chart-spec.ts';
import { middleCut } from '../format/format.ts';
import { faultTone, type Column } from './columns.ts';

export const NETWORK_TRAFFIC: ChartSpec = {
  collector: 'network',
  unit: 'bytes_per_sec',
  stacked: false,
  label: 'Bytes received and sent per second by the physical interfaces',
  series: [
    { path: { metric: 'recv_bytes_per_sec' }, title: 'in', colour: 'cyan' },
    { path: { metric: 'sent_bytes_per_sec' }, title: 'out', colour: 'violet' },
  ],
};

export const NETWORK_PACKETS: ChartSpec = {
  collector: 'network',
  unit: 'per_sec',
  stacked: false,
  label: 'Packets received and sent per second',
  series: [
    { path: { metric: 'recv_packets_per_sec' }, title: 'packets in', colour: 'cyan' },
    { path: { metric: 'sent_packets_per_sec' }, title: 'out', colour: 'violet' },
  ],
};

export const NETWORK_SOCKETS: ChartSpec = {
  collector: 'network',
  unit: 'count',
  stacked: false,
  label: 'TCP connections that are open and that were closed a moment ago',
  series: [
    { path: { metric: 'tcp_established_count' }, title: 'established', colour: 'green' },
    { path: { metric: 'tcp_time_wait_count' }, title: 'time-wait', colour: 'grey' },
  ],
};

export const NETWORK_LOSSES: ChartSpec = {
  collector: 'network',
  unit: 'per_sec',
  stacked: false,
  label: 'Segments sent again and connections refused per second',
  series: [
    { path: { metric: 'tcp_retransmits_per_sec' }, title: 'retransmits', colour: 'amber' },
    { path: { metric: 'tcp_listen_drops_per_sec' }, title: 'listen drops', colour: 'red' },
  ],
};

export const INTERFACE_COLUMNS: readonly Column[] = [
  { metrics: ['recv_bytes_per_sec'], title: 'In', look: 'line', colour: 'cyan' },
  { metrics: ['sent_bytes_per_sec'], title: 'Out', look: 'line', colour: 'violet' },
  { metrics: ['recv_packets_per_sec'], title: 'Packets in', look: 'figure', isWide: true },
  { metrics: ['sent_packets_per_sec'], title: 'Packets out', look: 'figure', isWide: true },
  { metrics: ['recv_errors_per_sec', 'sent_errors_per_sec'], title: 'Errors', look: 'figure', toneOf: faultTone },
  { metrics: ['recv_drops_per_sec', 'sent_drops_per_sec'], title: 'Drops', look: 'figure', toneOf: faultTone },
  { metrics: ['link_speed_bytes_per_sec'], title: 'Link', look: 'figure', isWide: true },
  { metrics: ['up_ratio'], title: 'State', look: 'figure', wordOf: (up) => (up > 0 ? 'up' : 'down') },
];

export const CONNECTION_STATES = [
  'tcp_established_count',
  'tcp_time_wait_count',
  'tcp_close_wait_count',
  'tcp_listen_count',
  'udp_count',
  'connection_count',
  'tcp_retransmits_per_sec',
  'tcp_listen_drops_per_sec',
  'udp_receive_errors_per_sec',
];
/** Of these any is a loss that a program feels. */
export const CONNECTION_FAULTS: readonly string[] = ['tcp_listen_drops_per_sec', 'udp_receive_errors_per_sec'];
/** Totals that are only shown when they are not 0. */
export const TRAFFIC_FAULTS = ['recv_errors_per_sec', 'sent_errors_per_sec', 'recv_drops_per_sec', 'sent_drops_per_sec'];

const LONGEST_NAMES = 24;

/** The interfaces that the totals are of, from the source that the catalog names (`eth0, eth1: physical interfaces of ...`); empty when it names none. */
export function interfacesIn(source: string | null): string {
  const [names, ...rest] = (source ?? '').split(': ');
  return rest.length === 0 || names === undefined ? '' : middleCut(names, LONGEST_NAMES);
}
