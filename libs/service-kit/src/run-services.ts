import { openBus, type Bus } from '@perfwatch/bus';
import { PerfwatchError } from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import type { PerfwatchConfig } from './config.ts';
import { ControlPlane, controlPlaneName } from './control-plane.ts';
import { Deadline } from './deadline.ts';
import type { Logger } from './logging.ts';
import { ProcessCosts } from './process-costs.ts';
import { ProcessReporter } from './process-state.ts';
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
  controlPlane: ControlPlane;
}

function needUrl(url: string | null, variable: string): string {
  if (url === null) throw new PerfwatchError('bad_input', `${variable} is not set`);
  return url;
}

/** Loads the store only where it is needed: TypeORM costs a collectors' process a third of its memory. */
async function openStoreFor({ definitions, config, log }: RunServicesOptions): Promise<Store | null> {
  if (!definitions.some(({ needsStore }) => needsStore)) return null;
  const url = needUrl(config.databaseUrl, 'PERFWATCH_DATABASE_URL');
  const { openStore } = await import('@perfwatch/store');
  return openStore({ url, log });
}

async function openShared(options: RunServicesOptions, name: string): Promise<Shared> {
  const { config, log } = options;
  const servers = needUrl(config.natsUrl, 'PERFWATCH_NATS_URL');
  // Replicas may share a host's name, so that alone does not tell nodes apart.
  const nodeId = `${config.hostId}-${name}-${process.pid}-${Math.floor(Math.random() * 36 ** 5).toString(36)}`.replace(
    /[^A-Za-z0-9_-]/g,
    '_',
  );
  const bus = openBus({ servers, credsFile: config.natsCredsFile, name: `perfwatch ${nodeId}`, log });
  try {
    const opened: { store: Store | null } = { store: null };
    const reporter = new ProcessReporter({ name, host: config.hostId, bus, store: () => opened.store });
    const controlPlane = new ControlPlane({ nodeId, bus, log, processState: () => reporter.state() });
    opened.store = await openStoreFor(options);
    return { bus, store: opened.store, controlPlane };
  } catch (error) {
    await bus.close(0);
    throw error;
  }
}

function contextFor(
  definition: ServiceDefinition,
  options: { shared: Shared; costs: ProcessCosts; config: PerfwatchConfig; log: Logger },
): ServiceContext {
  const { shared, costs, config, log } = options;
  const { bus, controlPlane } = shared;
  return {
    config,
    log: log.child({ service: definition.name }),
    bus,
    costs,
    get store() {
      if (shared.store !== null && definition.needsStore) return shared.store;
      throw new PerfwatchError('internal', `the service ${definition.name} uses the store without declaring needsStore`);
    },
    call: (action, params, { timeoutMs } = {}) => controlPlane.call(action, params, timeoutMs),
    broadcast: (event, payload) => controlPlane.broadcast(event, payload),
    clusterHealth: () => controlPlane.clusterHealth(),
    cluster: (limits) => controlPlane.cluster(limits),
  };
}

/** Stops in order; what fails or is late does not keep the rest from being stopped. */
async function stopAll({ running, shared, log }: { running: Map<string, RunningService>; shared: Shared; log: Logger }): Promise<void> {
  const deadline = new Deadline(STOP_DEADLINE_MS, log);
  for (const [name, service] of [...running].reverse()) await deadline.within(name, () => service.stop());
  await deadline.within('control plane', () => shared.controlPlane.stop());
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

  const ready = shared.controlPlane.start();
  const started = await Promise.allSettled(
    definitions.map(async (definition) => {
      const service = await definition.start(contextFor(definition, { shared, costs, config, log }));
      running.set(definition.name, service);
      shared.controlPlane.register(controlPlaneName(definition.name, 'collector' in definition), service);
    }),
  );
  await ready;
  const failed = started.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return { stop };
  await stop();
  throw failed.reason;
}
