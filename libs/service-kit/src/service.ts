import type { ActionName, Actions, ControlEventName, ControlEvents } from '@perfwatch/contract';
import type { Bus } from '@perfwatch/bus';
import type { Store } from '@perfwatch/store';
import type { PerfwatchConfig } from './config.ts';
import type { Logger } from './logging.ts';
import type { ProcessState } from './process-state.ts';

/** Takes note of what one tick of a collector cost. */
export interface TickCosts {
  record(tick: TickCost): void;
}

export interface TickCost {
  collector: string;
  collectMs: number;
  /** Since the collector started. */
  skippedTicks: number;
  /** How long after its time the tick began. */
  lateMs: number;
}

export interface ServiceHealth {
  up: boolean;
  reason: string | null;
}

/** A copy of a service that runs somewhere in the cluster. */
export interface ServiceReplica extends ServiceHealth {
  name: string;
  nodeId: string;
}

/** A process of PerfWatch somewhere in the cluster. */
export interface ClusterProcess extends ProcessState {
  nodeId: string;
}

export interface ClusterState {
  replicas: ServiceReplica[];
  /** Those that answered, `maxProcesses` at most. */
  processes: ClusterProcess[];
  /** All that are known. */
  processCount: number;
}

/** What a service is given. `store` is opened only in a process that runs a service which needs it. */
export interface ServiceContext {
  readonly config: PerfwatchConfig;
  readonly log: Logger;
  readonly bus: Bus;
  readonly store: Store;
  /** Calls an action here or on another node. Throws the PerfwatchError the action threw; 'unavailable' when nobody serves it in time. */
  call<A extends ActionName>(action: A, params: Actions[A]['params'], options?: { timeoutMs?: number }): Promise<Actions[A]['result']>;
  /** Tells every process, this one included. */
  broadcast<E extends ControlEventName>(event: E, payload: ControlEvents[E]): void;
  /** Health of each service known in the cluster, by name; a collector's is `collector-<name>`. Up when any of its replicas is. */
  clusterHealth(): Promise<Record<string, ServiceHealth>>;
  /** Every replica with its health, and the processes with what they say of themselves. */
  cluster(options: { maxProcesses: number }): Promise<ClusterState>;
  /** Where a collector reports what its ticks cost; absent outside `runServices`. */
  readonly costs?: TickCosts;
}

/** An action of a service that is known only when it runs. A method, so that every typed action is one. */
interface UntypedActions {
  [action: string]: { call(params: unknown): Promise<unknown> }['call'];
}

type ActionsOf<Name extends string> = string extends Name
  ? UntypedActions
  : { [A in ActionName as A extends `${Name}.${infer Short}` ? Short : never]: ActionOf<A>['call'] };

interface ActionOf<A extends ActionName> {
  call(params: Actions[A]['params']): Promise<Actions[A]['result']>;
}

/** What a service does once it runs. `actions` serves every action of the contract that begins with the service's name. */
export interface RunningService<Name extends string = string, Served extends UntypedActions = ActionsOf<Name>> {
  actions: Served;
  events?: { [E in ControlEventName]?: (payload: ControlEvents[E]) => void };
  /** Absent: up for as long as it runs. */
  health?: () => ServiceHealth;
  /** Drains and closes what `start` opened; idempotent. */
  stop(): Promise<void>;
}

export interface ServiceDefinition<Name extends string = string, Served extends UntypedActions = ActionsOf<Name>> {
  readonly name: Name;
  /** Whether the process must open PostgreSQL for it. */
  readonly needsStore: boolean;
  /** Starts the service. It may wait for other services by calling them; it must not fail because one is not there yet. */
  start(context: ServiceContext): Promise<RunningService<Name, Served>>;
}

/** Types a service's definition: its actions are those of the contract under its name, all of them. */
export function defineService<Name extends string>(definition: ServiceDefinition<Name>): ServiceDefinition<Name> {
  return definition;
}
