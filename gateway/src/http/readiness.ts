import type { Readiness } from '@perfwatch/contract';
import type { ServiceHealth } from '@perfwatch/service-kit';
import type { HttpDependencies } from './server.ts';

/** Without these the gateway cannot do its work. */
const NEEDED_SERVICES = ['auth', 'history', 'persistence', 'settings'] as const;
/** Always told of; live data and history work without. */
const SHOWN_SERVICES = [...NEEDED_SERVICES, 'retention'] as const;
const NEEDED = ['nats', 'database', ...NEEDED_SERVICES];
/** Anyone may ask for readiness, as often as they like: the cluster is asked once in this time. */
const FRESH_MS = 1000;

const NOT_RUNNING: ServiceHealth = { up: false, reason: 'not running' };

/** The database as those see it that use it: up when it is for any of them. */
function databaseHealth(services: Readonly<Record<string, ServiceHealth>>): ServiceHealth {
  const users = NEEDED_SERVICES.map((name) => services[name]).filter((health) => health !== undefined);
  if (users.length === 0) return { up: false, reason: 'no service that uses it is running' };
  const user = users.find(({ up }) => up);
  // What one of them has to tell besides is not the database's.
  return user === undefined ? (users[0] ?? NOT_RUNNING) : { up: true, reason: null };
}

/** What is up, from the state of the bus and the health of the services in the cluster. */
export function readinessOf(bus: ServiceHealth, services: Readonly<Record<string, ServiceHealth>>): Readiness {
  const shown = Object.fromEntries(SHOWN_SERVICES.map((name) => [name, services[name] ?? NOT_RUNNING]));
  const dependencies: Readiness['dependencies'] = { nats: bus, database: databaseHealth(services), ...services, ...shown };
  const ready = NEEDED.every((name) => dependencies[name]?.up === true);
  return { status: ready ? 'ready' : 'not_ready', dependencies };
}

/** Asks the cluster for its readiness, at most once a second however many ask. */
export function createReadiness({
  busState,
  clusterHealth,
}: Pick<HttpDependencies, 'busState' | 'clusterHealth'>): () => Promise<Readiness> {
  let latest: { atMs: number; readiness: Promise<Readiness> } | null = null;
  const ask = async (): Promise<Readiness> => {
    const { connected, reason } = busState();
    // The cluster cannot be asked while NATS is away; what runs in this process can.
    const services = await clusterHealth().catch(() => ({}));
    return readinessOf({ up: connected, reason }, services);
  };
  return () => {
    const nowMs = performance.now();
    if (latest === null || nowMs - latest.atMs > FRESH_MS) latest = { atMs: nowMs, readiness: ask() };
    return latest.readiness;
  };
}
