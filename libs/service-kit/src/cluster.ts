import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@perfwatch/bus';
import type { ControlPlane } from './control-plane.ts';
import { PresentHosts } from './present-hosts.ts';
import type { ClusterState, ServiceHealth, ServiceReplica } from './service.ts';

/** By then whoever runs has answered the roll call. */
const ROLL_CALL_MS = 300;

/** All that runs: services, which the control plane knows, and collectors, which say so themselves. */
export class Cluster {
  readonly #bus: Bus;
  readonly #controlPlane: ControlPlane;
  #hosts: Promise<PresentHosts> | null = null;

  constructor(bus: Bus, controlPlane: ControlPlane) {
    this.#bus = bus;
    this.#controlPlane = controlPlane;
  }

  async health(): Promise<Record<string, ServiceHealth>> {
    const health: Record<string, ServiceHealth> = {};
    for (const { name, up, reason } of await this.#replicas()) health[name] = moreTelling(health[name], { up, reason });
    return health;
  }

  /** Every replica with its health, and what the first `maxProcesses` processes say of themselves, those of services first. */
  async state({ maxProcesses }: { maxProcesses: number }): Promise<ClusterState> {
    const [replicas, services] = await Promise.all([this.#replicas(), this.#controlPlane.processes({ maxProcesses })]);
    const known = new Set(services.processes.map(({ nodeId }) => nodeId));
    // A process of both kinds tells of itself twice.
    const hosts = await this.#presentHosts();
    const collecting = hosts.processes().filter(({ nodeId }) => !known.has(nodeId));
    return {
      replicas,
      processes: [...services.processes, ...collecting].slice(0, maxProcesses),
      processCount: services.processCount + collecting.length,
    };
  }

  async stop(): Promise<void> {
    await (await this.#hosts)?.stop();
  }

  async #replicas(): Promise<ServiceReplica[]> {
    const hosts = await this.#presentHosts();
    return [...(await this.#controlPlane.replicas()), ...hosts.replicas()];
  }

  /** Listens from the first question on: most processes never ask. */
  #presentHosts(): Promise<PresentHosts> {
    return (this.#hosts ??= this.#listen());
  }

  async #listen(): Promise<PresentHosts> {
    const hosts = new PresentHosts(this.#bus);
    await delay(ROLL_CALL_MS);
    return hosts;
  }
}

/** Of replicas, one that is up counts; of those, one that has something to tell. */
function moreTelling(before: ServiceHealth | undefined, own: ServiceHealth): ServiceHealth {
  if (before?.up !== true) return own;
  return own.up && before.reason === null ? own : before;
}
