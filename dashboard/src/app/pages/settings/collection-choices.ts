import type { CatalogEntry, CollectionConfig, Config, Readiness, SampleStatus } from '@perfwatch/contract';
import { titleOf } from '../../catalog/describe.ts';

/** A sampling interval to choose. */
export interface IntervalChoice {
  intervalMs: number;
  label: string;
}

const INTERVALS_MS = [100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];

/** An interval as it is chosen: `500 ms`, `2 s`. */
export const intervalLabel = (intervalMs: number) => (intervalMs < 1000 ? `${intervalMs} ms` : `${intervalMs / 1000} s`);

/** The usual intervals, and the one in use when it is another. */
export function intervalChoices(currentMs: number | null): IntervalChoice[] {
  const all = currentMs === null || INTERVALS_MS.includes(currentMs) ? INTERVALS_MS : [...INTERVALS_MS, currentMs];
  return all.toSorted((a, b) => a - b).map((intervalMs) => ({ intervalMs, label: intervalLabel(intervalMs) }));
}

/** How a collector is on one host. */
export interface CollectorOnHost {
  host: string;
  status: SampleStatus;
  reason: string | null;
}

export interface CollectorSwitch {
  collector: string;
  title: string;
  help: string;
  isEnabled: boolean;
  /** On the hosts that the switch is for, worst first; none that has not sent yet. */
  hosts: CollectorOnHost[];
}

const WORST_FIRST: readonly SampleStatus[] = ['error', 'unavailable', 'partial', 'disabled', 'ok'];

function onHosts(entries: readonly CatalogEntry[]): CollectorOnHost[] {
  return entries
    .flatMap(({ host, status, reason }) => (status === null ? [] : [{ host, status, reason }]))
    .toSorted((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status) || a.host.localeCompare(b.host));
}

/** What readiness calls a collector that PerfWatch runs, before its name. */
const SERVICE_OF_COLLECTOR = /^collector-(.+)$/;

/** The collectors that PerfWatch itself runs, from what it says of its readiness. Only these heed a switch. */
export function runCollectors({ dependencies }: Pick<Readiness, 'dependencies'>): ReadonlySet<string> {
  return new Set(Object.keys(dependencies).flatMap((name) => SERVICE_OF_COLLECTOR.exec(name)?.[1] ?? []));
}

/** Whether a collector can be switched: not one of someone's own, unless the settings name it. Where PerfWatch runs none, nobody knows. */
export function heedsSwitch(collector: string, run: ReadonlySet<string>, config: Pick<CollectionConfig, 'collectors'>): boolean {
  return run.size === 0 || run.has(collector) || Object.hasOwn(config.collectors, collector);
}

/** Every collector that these catalogs are of or the settings name, by title. One that is not named in the settings is on. */
export function collectorSwitches(catalogs: readonly CatalogEntry[], config: Pick<CollectionConfig, 'collectors'>): CollectorSwitch[] {
  const names = new Set([...catalogs.map(({ collector }) => collector), ...Object.keys(config.collectors)]);
  return [...names]
    .map((collector) => {
      const entries = catalogs.filter((entry) => entry.collector === collector);
      return {
        collector,
        title: entries[0]?.title ?? titleOf(collector),
        help: entries[0]?.help ?? '',
        isEnabled: config.collectors[collector]?.enabled ?? true,
        hosts: onHosts(entries),
      };
    })
    .toSorted((a, b) => a.title.localeCompare(b.title));
}

/** What one host has of its own. */
export interface OwnSettings {
  host: string;
  interval: string | null;
  collectors: string | null;
  perfEvents: string | null;
}

function perfEventsText(own: Config['hosts'][string]['perf_events']): string | null {
  if (own === undefined) return null;
  const parts = [
    own.cpus === undefined ? [] : [`CPUs ${own.cpus}`],
    own.groups === undefined ? [] : [own.groups.join(', ')],
    own.per_core === undefined ? [] : [own.per_core ? 'per CPU' : 'not per CPU'],
  ];
  return parts.flat().join(' · ');
}

/** Every host that differs from the defaults, by name, and in what. */
export function ownSettings(config: Config): OwnSettings[] {
  return Object.entries(config.hosts)
    .map(([host, { interval_ms, collectors, perf_events }]) => ({
      host,
      interval: interval_ms === undefined ? null : intervalLabel(interval_ms),
      collectors:
        Object.entries(collectors ?? {})
          .map(([name, { enabled }]) => `${name} ${enabled ? 'on' : 'off'}`)
          .join(', ') || null,
      perfEvents: perfEventsText(perf_events),
    }))
    .toSorted((a, b) => a.host.localeCompare(b.host));
}
