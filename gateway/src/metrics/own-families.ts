import type { SystemReply } from '@perfwatch/contract';
import type { Sample } from '@perfwatch/contract';
import type { Families } from './families.ts';
import type { Family } from './exposition.ts';
import { escapeLabel } from './metric-name.ts';
import type { LeftOut } from './sample-families.ts';

const gauge = (help: string, unit: string | null = null) => ({ type: 'gauge', help, unit }) as const;
const counter = (help: string, unit: string | null = null) => ({ type: 'counter', help, unit }) as const;

/** What PerfWatch tells of itself. A counter's series has `_total` besides. */
export const OWN_FAMILIES = {
  perfwatch_build_info: gauge('Version of the PerfWatch that answers, always 1'),
  perfwatch_ready: gauge('Whether all that PerfWatch needs is up: 1 or 0'),
  perfwatch_dependency_up: gauge('Whether a part that readiness tells of is up: 1 or 0'),
  perfwatch_service_up: gauge('Whether any replica of a service is up: 1 or 0'),
  perfwatch_service_replicas: gauge('Replicas of a service that are known'),
  perfwatch_process_cpu_ratio: gauge('CPU time of a process of PerfWatch, in cores, since it was last asked', 'ratio'),
  perfwatch_process_resident_memory_bytes: gauge('Resident memory of a process of PerfWatch', 'bytes'),
  perfwatch_process_start_timestamp_seconds: gauge('When a process of PerfWatch started, in Unix time', 'seconds'),
  perfwatch_process_queued_samples: gauge('Samples that wait in a process for JetStream'),
  perfwatch_process_dropped_samples: counter('Samples that a process dropped because that queue was full'),
  perfwatch_process_invalid_messages: counter('Messages that arrived at a process and did not fit their schema'),
  perfwatch_processes: gauge('Processes of PerfWatch that are known; of more than 100 not all are told of'),
  perfwatch_stream_samples: gauge('Samples in JetStream that wait to be stored'),
  perfwatch_stream_bytes: gauge('Size of the Samples in JetStream that wait to be stored', 'bytes'),
  perfwatch_stream_limit_bytes: gauge('Size at which JetStream drops the oldest Samples', 'bytes'),
  perfwatch_stream_oldest_timestamp_seconds: gauge('When the oldest Sample that waits to be stored came, in Unix time', 'seconds'),
  perfwatch_live_connections: gauge('Live viewers of the gateway that answers'),
  perfwatch_live_subscriptions: gauge('Different subscriptions of those viewers'),
  perfwatch_hosts: gauge('Hosts that are told of here'),
  perfwatch_collector_up: gauge('Whether the newest Sample of a collector is ok or partial: 1 or 0'),
  perfwatch_last_sample_timestamp_seconds: gauge('Time of the newest Sample of a collector, in Unix time', 'seconds'),
  perfwatch_exporter_received_samples: counter('Samples that came for /metrics of the gateway that answers'),
  perfwatch_exporter_dropped_samples: counter('Samples of collectors that /metrics had no room to remember'),
  perfwatch_exporter_series: gauge('Series of hosts in this answer'),
  perfwatch_exporter_left_out_series: gauge('Series of hosts that are not in this answer, by reason'),
  perfwatch_exporter_duration_seconds: gauge('How long the answer before this one took to write', 'seconds'),
} as const satisfies Record<string, Omit<Family, 'name' | 'lines'>>;
export type OwnFamily = keyof typeof OWN_FAMILIES;

/** Everything they are made of. */
export interface OwnState {
  system: SystemReply;
  nodeVersion: string;
  live: { connections: number; subscriptions: number };
  samples: readonly Sample[];
  exporter: { received: number; dropped: number; series: number; leftOut: LeftOut; tookSeconds: number | null };
}

type Labels = Readonly<Record<string, string>>;

function labelsOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Takes the names before any host's metric can. */
export function claimOwnFamilies(families: Families): void {
  for (const [name, described] of Object.entries(OWN_FAMILIES)) families.claim('', { name, ...described });
}

const seconds = (time: string): number => Date.parse(time) / 1000;
const flag = (isUp: boolean): number => (isUp ? 1 : 0);

/** Writes them; what is not known is absent. */
export function writeOwnFamilies(families: Families, state: OwnState): void {
  const add = (name: OwnFamily, value: number | null | undefined, labels: Labels = {}): void => {
    const family = families.claim('', { name, ...OWN_FAMILIES[name] });
    if (family === null || value === null || value === undefined) return;
    family.lines.push(`${name}${family.type === 'counter' ? '_total' : ''}${labelsOf(labels)} ${value}`);
  };
  writeSystem(add, state);
  writeProcesses(add, state.system);
  writeExporter(add, state);
}

type Add = (name: OwnFamily, value: number | null | undefined, labels?: Labels) => void;

function writeSystem(add: Add, { system, nodeVersion, live }: OwnState): void {
  const { version, readiness, services, stream } = system;
  add('perfwatch_build_info', 1, { version, node_version: nodeVersion });
  add('perfwatch_ready', flag(readiness.status === 'ready'));
  for (const [dependency, { up }] of Object.entries(readiness.dependencies)) add('perfwatch_dependency_up', flag(up), { dependency });
  for (const { name, up, replica_count: replicas } of services) {
    add('perfwatch_service_up', flag(up), { service: name });
    add('perfwatch_service_replicas', replicas, { service: name });
  }
  add('perfwatch_stream_samples', stream?.samples);
  add('perfwatch_stream_bytes', stream?.bytes);
  add('perfwatch_stream_limit_bytes', stream?.max_bytes);
  const oldest = stream?.oldest ?? null;
  add('perfwatch_stream_oldest_timestamp_seconds', oldest === null ? null : seconds(oldest));
  add('perfwatch_live_connections', live.connections);
  add('perfwatch_live_subscriptions', live.subscriptions);
}

function writeProcesses(add: Add, { processes, process_count: known }: SystemReply): void {
  for (const own of processes) {
    const labels = { host: own.host, process: own.name, node: own.node };
    add('perfwatch_process_cpu_ratio', own.cpu_percent === null ? null : own.cpu_percent / 100, labels);
    add('perfwatch_process_resident_memory_bytes', own.rss_bytes, labels);
    add('perfwatch_process_start_timestamp_seconds', seconds(own.started_at), labels);
    add('perfwatch_process_queued_samples', own.queued_samples, labels);
    add('perfwatch_process_dropped_samples', own.dropped_samples, labels);
    add('perfwatch_process_invalid_messages', own.invalid_messages, labels);
  }
  add('perfwatch_processes', known);
}

function writeExporter(add: Add, { samples, exporter }: OwnState): void {
  for (const { host, collector, status = 'ok', ts } of samples) {
    add('perfwatch_collector_up', flag(status === 'ok' || status === 'partial'), { host, collector });
    add('perfwatch_last_sample_timestamp_seconds', seconds(ts), { host, collector });
  }
  add('perfwatch_hosts', new Set(samples.map(({ host }) => host)).size);
  add('perfwatch_exporter_received_samples', exporter.received);
  add('perfwatch_exporter_dropped_samples', exporter.dropped);
  add('perfwatch_exporter_series', exporter.series);
  add('perfwatch_exporter_left_out_series', exporter.leftOut.hostLimit, { reason: 'host_limit' });
  add('perfwatch_exporter_left_out_series', exporter.leftOut.totalLimit, { reason: 'total_limit' });
  add('perfwatch_exporter_left_out_series', exporter.leftOut.nameTaken, { reason: 'name_taken' });
  add('perfwatch_exporter_duration_seconds', exporter.tookSeconds);
}
