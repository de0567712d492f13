import type { SystemReply } from '@perfwatch/contract';
import { ageText } from '../../../format/format.ts';

type Service = SystemReply['services'][number];
type Process = SystemReply['processes'][number];

/** A line of the list of services. */
export interface ServiceLine {
  name: string;
  isUp: boolean;
  /** Why it is not, or what it has to tell besides. */
  reason: string | null;
  replicas: string;
  /** Every replica that is down, and why. */
  down: { node: string; reason: string }[];
}

const COLLECTOR_PREFIX = 'collector-';

function lineOf({ name, up, reason, replicas, replica_count: count }: Service): ServiceLine {
  const down = replicas.filter((replica) => !replica.up);
  return {
    name: name.startsWith(COLLECTOR_PREFIX) ? name.slice(COLLECTOR_PREFIX.length) : name,
    isUp: up,
    reason,
    replicas: down.length === 0 ? String(count) : `${count - down.length} of ${count}`,
    down: down.map((replica) => ({ node: replica.node, reason: replica.reason ?? 'It does not say why' })),
  };
}

/** The services of the server side and the collectors; a service that is needed and not there at all is there as down. */
export function serviceLines({ services, readiness }: Pick<SystemReply, 'services' | 'readiness'>): {
  server: ServiceLine[];
  collectors: ServiceLine[];
} {
  const known = new Set(services.map(({ name }) => name));
  const missing = Object.entries(readiness.dependencies)
    .filter(([name, { up }]) => !up && !known.has(name) && name !== 'nats' && name !== 'database')
    .map(([name, { reason }]) => ({ name, isUp: false, reason, replicas: '0', down: [] }));
  const isCollector = ({ name }: Service) => name.startsWith(COLLECTOR_PREFIX);
  return {
    server: [...services.filter((service) => !isCollector(service)).map(lineOf), ...missing].toSorted((a, b) =>
      a.name.localeCompare(b.name),
    ),
    collectors: services.filter(isCollector).map(lineOf),
  };
}

/** What all listed processes take together; null where one does not know. */
export function totalCost(processes: readonly Process[]): { cpuPercent: number | null; rssBytes: number | null } {
  const sum = (values: readonly (number | null)[]) =>
    values.reduce<number | null>((total, value) => (total === null || value === null ? null : total + value), 0);
  return {
    cpuPercent: sum(processes.map(({ cpu_percent: percent }) => percent)),
    rssBytes: sum(processes.map(({ rss_bytes: bytes }) => bytes)),
  };
}

/** What the queues of all listed processes hold and lost. */
export function outboxes(processes: readonly Process[]): { queued: number; dropped: number; invalid: number } {
  return {
    queued: processes.reduce((total, { queued_samples: count }) => total + count, 0),
    dropped: processes.reduce((total, { dropped_samples: count }) => total + count, 0),
    invalid: processes.reduce((total, { invalid_messages: count }) => total + count, 0),
  };
}

/** How long something runs: `3 h`. */
export const uptimeText = (startedAt: string, nowMs: number): string => ageText(nowMs - Date.parse(startedAt));
