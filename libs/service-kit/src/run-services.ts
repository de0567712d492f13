import { openBus, type Bus, type NatsTls } from '@perfwatch/bus';
import { hostInboxPrefix, PerfwatchError } from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import type { PerfwatchConfig } from './config.ts';
import { Deadline } from './deadline.ts';
import type { Logger } from './logging.ts';
import { ProcessCosts } from './process-costs.ts';
import { ProcessReporter } from './process-state.ts';
import { openCollectorRealm, openServiceRealm, type Realm } from './realms.ts';
import type { RunningService, ServiceContext, ServiceDefinition } from './service.ts';

const STOP_DEADLINE_MS = 10_000;
const BUS_DRAIN_MS = 3000;

export interface RunServicesOptions {
  definitions: readonly ServiceDefinition[];
  /** `natsUrl` must be set, and `databaseUrl` when a definition needs the store. */
  config: PerfwatchConfig;
  log: Logger;
  /** Name of this process among those of the host, the same after a restart; default: the names of its services. */
  name?: string;
}

/** The services of one process. */
export interface Runner {
  /** Stops the services, last started first, then what they shared; at most ten seconds. Idempotent. */
  stop(): Promise<void>;
}

interface Shared {
  bus: Bus;
  store: Store | null;
  /** By whether it is that of the collectors; only what this process needs. */
  realms: ReadonlyMap<boolean, Realm>;
}

const isCollector = (definition: ServiceDefinition): boolean => 'collector' in definition;

function needUrl(url: string | null, variable: string): string {
  if (url === null) throw new PerfwatchError('bad_input', `${variable} is not set`);
  return url;
}

/** Loads the store only where it is needed: TypeORM costs a collectors' process a third of its memory. */
async function openStoreFor({ definitions, config, log }: RunServicesOptions): Promise<Store | null> {
  if (!definitions.some(({ needsStore }) => needsStore)) return null;
  const url = needUrl(config.databaseUrl, 'PERFWATCH_DATABASE_URL');
  const { openStore } = await import('@perfwatch/store');
  return openStore({ url, caFile: config.tls.databaseCaFile, log });
}

/** Replicas may share a host's name, so that alone does not tell nodes apart. */
function newNodeId(host: string, name: string): string {
  const random = Math.floor(Math.random() * 36 ** 5).toString(36);
  return `${host}-${name}-${process.pid}-${random}`.replace(/[^A-Za-z0-9_-]/g, '_');
}

/** What `openBus` wants to know of TLS. */
export const natsTlsOf = ({ tls }: Pick<PerfwatchConfig, 'tls'>): NatsTls => ({ caFile: tls.natsCaFile, certificate: tls.natsCertificate });

/** Connects as what runs here may be trusted: collectors alone keep to what the credentials of their host permit. */
function openBusFor({ definitions, config, log }: RunServicesOptions, nodeId: string): Bus {
  const servers = needUrl(config.natsUrl, 'PERFWATCH_NATS_URL');
  const inboxPrefix = definitions.every(isCollector) ? hostInboxPrefix(config.hostId) : undefined;
  const tls = natsTlsOf(config);
  return openBus({ servers, credsFile: config.natsCredsFile, tls, name: `perfwatch ${nodeId}`, inboxPrefix, log });
}

async function openShared(options: RunServicesOptions, name: string): Promise<Shared> {
  const { definitions, config, log } = options;
  const nodeId = newNodeId(config.hostId, name);
  const bus = openBusFor(options, nodeId);
  try {
    const opened: { store: Store | null } = { store: null };
    const reporter = new ProcessReporter({ name, host: config.hostId, bus, store: () => opened.store });
    const realm = { nodeId, host: config.hostId, bus, log, processState: () => reporter.state() };
    const kinds = new Set(definitions.map(isCollector));
    const realms = new Map([...kinds].map((collects) => [collects, collects ? openCollectorRealm(realm) : openServiceRealm(realm)]));
    opened.store = await openStoreFor(options);
    return { bus, store: opened.store, realms };
  } catch (error) {
    await bus.close(0);
    throw error;
  }
}

function realmFor(definition: ServiceDefinition, { realms }: Shared): Realm {
  const realm = realms.get(isCollector(definition));
  if (realm === undefined)
    throw new PerfwatchError('internal', `${definition.name} was not among the services when the process was opened`);
  return realm;
}

function contextFor(
  definition: ServiceDefinition,
  options: { shared: Shared; costs: ProcessCosts; config: PerfwatchConfig; log: Logger },
): ServiceContext {
  const { shared, costs, config, log } = options;
  const { bus } = shared;
  const realm = realmFor(definition, shared);
  return {
    config,
    log: log.child({ service: definition.name }),
    bus,
    costs,
    get store() {
      if (shared.store !== null && definition.needsStore) return shared.store;
      throw new PerfwatchError('internal', `the service ${definition.name} uses the store without declaring needsStore`);
    },
    call: realm.call,
    broadcast: realm.broadcast,
    clusterHealth: realm.clusterHealth,
    cluster: realm.cluster,
  };
}

/** Stops in order; what fails or is late does not keep the rest from being stopped. */
async function stopAll({ running, shared, log }: { running: Map<string, RunningService>; shared: Shared; log: Logger }): Promise<void> {
  const deadline = new Deadline(STOP_DEADLINE_MS, log);
  for (const [name, service] of [...running].reverse()) await deadline.within(name, () => service.stop());
  for (const realm of shared.realms.values()) await deadline.within('control plane', () => realm.stop());
  await deadline.within('bus', () => shared.bus.close(Math.min(BUS_DRAIN_MS, deadline.leftMs)));
  await deadline.within('store', () => shared.store?.close() ?? Promise.resolve());
}

/**
 * Runs services in this process: opens the bus, the control plane and, where needed, the store once for all; resolves when every service
 * has started. NATS may be away meanwhile. Throws what a service's start throws, after stopping the others.
 */
export async function runServices(options: RunServicesOptions): Promise<Runner> {
  const { definitions, config, log } = options;
  const name =
    options.name ??
    definitions
      .map((definition) => definition.name)
      .join('+')
      .slice(0, 100);
  const shared = await openShared(options, name);
  const costs = new ProcessCosts({ process: name, host: config.hostId, bus: shared.bus });
  const running = new Map<string, RunningService>();
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= stopAll({ running, shared, log }));

  const ready = Promise.all([...shared.realms.values()].map((realm) => realm.start()));
  const started = await Promise.allSettled(
    definitions.map(async (definition) => {
      const service = await definition.start(contextFor(definition, { shared, costs, config, log }));
      running.set(definition.name, service);
      await realmFor(definition, shared).register(definition.name, service);
    }),
  );
  await ready;
  const failed = started.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return { stop };
  await stop();
  throw failed.reason;
}
