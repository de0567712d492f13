import type { CollectionConfig, Config, PerfEventsConfig } from './config.ts';

export const MIN_INTERVAL_MS = 100;
export const MAX_INTERVAL_MS = 60_000;
export const DEFAULT_INTERVAL_MS = 1000;

/** The groups of events that the collector `perf-events` counts, each opened and read as one. */
export const PERF_EVENT_GROUPS = ['software', 'core', 'l1d', 'llc', 'dtlb', 'itlb', 'power'] as const;
export type PerfEventGroup = (typeof PERF_EVENT_GROUPS)[number];

/** Everything, on every CPU. */
export const defaultPerfEvents = (): PerfEventsConfig => ({ cpus: 'all', groups: [...PERF_EVENT_GROUPS], per_core: true });

/** `base` with what `own` names laid over it. */
export function overlayPerfEvents(
  base: PerfEventsConfig,
  own: Partial<{ [K in keyof PerfEventsConfig]: PerfEventsConfig[K] | undefined }> = {},
): PerfEventsConfig {
  return { cpus: own.cpus ?? base.cpus, groups: own.groups ?? base.groups, per_core: own.per_core ?? base.per_core };
}

/** What `host` runs by: its own settings over the defaults. */
export function configFor(config: Config, host: string): CollectionConfig {
  const own = config.hosts[host];
  return {
    interval_ms: own?.interval_ms ?? config.interval_ms,
    collectors: { ...config.collectors, ...own?.collectors },
    perf_events: overlayPerfEvents(config.perf_events, own?.perf_events),
  };
}
