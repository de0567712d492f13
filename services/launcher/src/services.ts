import type { ServiceDefinition } from '@perfwatch/service-kit';

/** Which of the two processes of `perfwatch up` a service runs in: a busy server never delays a tick. */
export type ProcessName = 'collectors' | 'server';

export interface ServiceEntry {
  process: ProcessName;
  /** Imports the service's package, so that a process loads only what it runs. */
  load(): Promise<ServiceDefinition>;
}

/** Every service there is, by the name that `perfwatch run` takes. The only place that names them all. */
export const SERVICES: Readonly<Record<string, ServiceEntry>> = {
  cpu: { process: 'collectors', load: async () => (await import('@perfwatch/collector-cpu')).cpuCollector },
  memory: { process: 'collectors', load: async () => (await import('@perfwatch/collector-memory')).memoryCollector },
  network: { process: 'collectors', load: async () => (await import('@perfwatch/collector-network')).networkCollector },
  disk: { process: 'collectors', load: async () => (await import('@perfwatch/collector-disk')).diskCollector },
  'memory-bandwidth': {
    process: 'collectors',
    load: async () => (await import('@perfwatch/collector-memory-bandwidth')).memoryBandwidthCollector,
  },
  'perf-events': { process: 'collectors', load: async () => (await import('@perfwatch/collector-perf-events')).perfEventsCollector },
  pressure: { process: 'collectors', load: async () => (await import('@perfwatch/collector-pressure')).pressureCollector },
  perfwatch: { process: 'collectors', load: async () => (await import('@perfwatch/collector-perfwatch')).perfwatchCollector },
  persistence: { process: 'server', load: async () => (await import('@perfwatch/persistence')).persistenceService },
  history: { process: 'server', load: async () => (await import('@perfwatch/history')).historyService },
  retention: { process: 'server', load: async () => (await import('@perfwatch/retention')).retentionService },
  auth: { process: 'server', load: async () => (await import('@perfwatch/auth')).authService },
  settings: { process: 'server', load: async () => (await import('@perfwatch/settings')).settingsService },
  gateway: { process: 'server', load: async () => (await import('@perfwatch/gateway')).gatewayService },
};

/** Names of the services that `perfwatch up` runs in a process. */
export function servicesOf(process: ProcessName): string[] {
  return Object.entries(SERVICES)
    .filter(([, entry]) => entry.process === process)
    .map(([name]) => name);
}
