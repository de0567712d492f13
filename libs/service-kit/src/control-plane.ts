import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@perfwatch/bus';
import { PerfwatchError, type ActionName, type Actions, type ControlEventName, type ControlEvents } from '@perfwatch/contract';
import { Errors, ServiceBroker, type Context } from 'moleculer';
import { fromReply, toReply, type ActionReply } from './action-reply.ts';
import { BrokerLog } from './broker-log.ts';
import { BusTransporter } from './bus-transporter.ts';
import type { Logger } from './logging.ts';
import type { ProcessState } from './process-state.ts';
import type { ClusterProcess, ClusterState, RunningService, ServiceHealth, ServiceReplica } from './service.ts';

const CALL_TIMEOUT_MS = 5000;
const HEALTH_TIMEOUT_MS = 2000;
/** A service that is not known yet is looked for this often until the call's time is up. */
const FIRST_POLL_MS = 20;
const LAST_POLL_MS = 250;
/** A node that was killed is noticed after one to two times-out. */
const HEARTBEAT_SECONDS = 2;
const HEARTBEAT_TIMEOUT_SECONDS = 4;
/** Calls waiting for an answer, and how soon a service that started is made known. */
const TRANSIT = { maxQueueSize: 10_000, serviceChangedDebounceTime: 10 };
/** A service of this process is there at once. */
const OWN_SERVICE_TIMEOUT_MS = 5000;
/** Every process has this one. The dollar keeps it out of lists of services. */
const PROCESS_SERVICE = '$process';

export interface ControlPlaneOptions {
  /** Unique in the cluster. */
  nodeId: string;
  /** Null: the services of this process alone. Moleculer believes whoever speaks on its subjects, so only services do. */
  bus: Bus | null;
  log: Logger;
  /** How this process is, for whoever asks. */
  processState: () => ProcessState;
}

interface RegisteredService {
  name: string;
  nodeId: string;
  available: boolean;
}

/** Moleculer: this process's services for others, and others' for this process. */
export class ControlPlane {
  readonly #broker: ServiceBroker;
  readonly #log: Logger;

  constructor({ nodeId, bus, log, processState }: ControlPlaneOptions) {
    this.#log = log;
    this.#broker = new ServiceBroker({
      nodeID: nodeId,
      transporter: bus === null ? null : new BusTransporter(bus),
      logger: new BrokerLog(log),
      heartbeatInterval: HEARTBEAT_SECONDS,
      heartbeatTimeout: HEARTBEAT_TIMEOUT_SECONDS,
      validator: false,
      internalServices: false,
      skipProcessEventRegistration: true,
      transit: TRANSIT,
    });
    // Moleculer samples every CPU for each heartbeat, to balance by load, which nothing here does.
    this.#broker.getCpuUsage = () => Promise.resolve({ avg: 0 });
    const state = () => toReply(() => Promise.resolve(processState()), { action: `${PROCESS_SERVICE}.state`, log });
    this.#broker.createService({ name: PROCESS_SERVICE, actions: { state } });
  }

  start(): Promise<void> {
    return this.#broker.start();
  }

  stop(): Promise<void> {
    return this.#broker.stop();
  }

  /** Offers a running service's actions and events, and its health, to the cluster. */
  register(name: string, service: RunningService): void {
    const actions: Record<string, (context: Context) => Promise<ActionReply<unknown>>> = {
      health: () =>
        toReply(() => Promise.resolve(service.health?.() ?? { up: true, reason: null }), { action: `${name}.health`, log: this.#log }),
    };
    for (const [short, action] of Object.entries(service.actions)) {
      actions[short] = (context) => toReply(() => action(context.params), { action: `${name}.${short}`, log: this.#log });
    }
    this.#broker.createService({ name, actions, events: moleculerEvents(service.events ?? {}) });
  }

  /** Resolves when events reach a service that was registered. */
  async registered(name: string): Promise<void> {
    await this.#broker.waitForServices(name, OWN_SERVICE_TIMEOUT_MS, FIRST_POLL_MS);
  }

  async call<A extends ActionName>(action: A, params: Actions[A]['params'], timeoutMs = CALL_TIMEOUT_MS): Promise<Actions[A]['result']> {
    const endMs = performance.now() + timeoutMs;
    await this.#waitFor(action, endMs);
    try {
      const timeout = Math.max(1, Math.ceil(endMs - performance.now()));
      return fromReply(await this.#broker.call<ActionReply<Actions[A]['result']>, Actions[A]['params']>(action, params, { timeout }));
    } catch (error) {
      throw asPerfwatchError(error, action);
    }
  }

  /** Resolves when someone serves the action, or when the time is nearly up. */
  async #waitFor(action: string, endMs: number): Promise<void> {
    let pollMs = FIRST_POLL_MS;
    while (!this.#broker.registry.actions.isAvailable(action) && performance.now() + pollMs < endMs) {
      await delay(pollMs);
      pollMs = Math.min(pollMs * 2, LAST_POLL_MS);
    }
  }

  broadcast<E extends ControlEventName>(event: E, payload: ControlEvents[E]): void {
    this.#broker.broadcast(event, payload).catch((error: unknown) => this.#log.error({ err: error, event }, 'an event was not sent'));
  }

  /** How many processes of services there are, and what the first `maxProcesses` say of themselves. */
  async processes({ maxProcesses }: { maxProcesses: number }): Promise<Pick<ClusterState, 'processes' | 'processCount'>> {
    const nodeIds = this.#services(PROCESS_SERVICE)
      .filter(({ available }) => available)
      .map(({ nodeId }) => nodeId)
      .toSorted();
    const states = await Promise.all(nodeIds.slice(0, maxProcesses).map((nodeId) => this.#stateOf(nodeId)));
    return { processes: states.filter((state) => state !== null), processCount: nodeIds.length };
  }

  /** Every copy of every service, with its health. */
  replicas(): Promise<ServiceReplica[]> {
    return Promise.all(
      this.#services().map(async (service) => ({ name: service.name, nodeId: service.nodeId, ...(await this.#healthOf(service)) })),
    );
  }

  /** Null for a process that does not answer. */
  async #stateOf(nodeId: string): Promise<ClusterProcess | null> {
    try {
      const options = { nodeID: nodeId, timeout: HEALTH_TIMEOUT_MS };
      return { nodeId, ...fromReply(await this.#broker.call<ActionReply<ProcessState>, object>(`${PROCESS_SERVICE}.state`, {}, options)) };
    } catch {
      return null;
    }
  }

  /** The services that are known, or the copies of an internal one. */
  #services(internal: string | null = null): RegisteredService[] {
    const skipInternal = internal === null;
    const listed: { name: string; nodeID?: string; available: boolean }[] = this.#broker.registry.getServiceList({ skipInternal });
    return listed
      .filter(({ name }) => skipInternal || name === internal)
      .map(({ name, nodeID, available }) => ({ name, nodeId: nodeID ?? '', available }));
  }

  async #healthOf({ name, nodeId, available }: RegisteredService): Promise<ServiceHealth> {
    if (!available) return { up: false, reason: `${name} is not running (last seen on ${nodeId})` };
    try {
      const options = { nodeID: nodeId, timeout: HEALTH_TIMEOUT_MS };
      return fromReply(await this.#broker.call<ActionReply<ServiceHealth>, object>(`${name}.health`, {}, options));
    } catch {
      return { up: false, reason: `${name} on ${nodeId} does not answer` };
    }
  }
}

/** An event's listener whatever its payload: Moleculer knows events by name only. A method, so that every typed listener is one. */
type UntypedListener = { call(payload: unknown): void }['call'];

function moleculerEvents(events: NonNullable<RunningService['events']>): Record<string, (context: Context) => void> {
  const listeners: Record<string, (context: Context) => void> = {};
  for (const [event, listen] of Object.entries<UntypedListener | undefined>(events)) {
    if (listen !== undefined) listeners[event] = (context) => listen(context.params);
  }
  return listeners;
}

function asPerfwatchError(error: unknown, action: string): PerfwatchError {
  if (error instanceof PerfwatchError) return error;
  const service = action.split('.')[0] ?? action;
  const isLate = error instanceof Errors.RequestTimeoutError;
  const message = isLate ? `${service} did not answer in time` : `${service} is not running or cannot be reached`;
  return new PerfwatchError('unavailable', message, {
    hint: `Start ${service}, or try again shortly.`,
    retryAfterSeconds: 2,
    cause: error,
  });
}
