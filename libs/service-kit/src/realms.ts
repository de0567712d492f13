import type { Bus } from '@perfwatch/bus';
import { Cluster } from './cluster.ts';
import { ControlPlane } from './control-plane.ts';
import { HostLink } from './host-link.ts';
import type { Logger } from './logging.ts';
import type { ProcessState } from './process-state.ts';
import type { RunningService, ServiceContext } from './service.ts';

export interface RealmOptions {
  /** Unique in the cluster. */
  nodeId: string;
  host: string;
  bus: Bus;
  log: Logger;
  processState: () => ProcessState;
}

/** Whom the services of one trust, in this process, can reach, and who reaches them. */
export interface Realm extends Pick<ServiceContext, 'call' | 'broadcast' | 'clusterHealth' | 'cluster'> {
  start(): Promise<void>;
  register(name: string, service: RunningService): Promise<void>;
  stop(): Promise<void>;
}

function realmOf(plane: ControlPlane, cluster: Cluster): Omit<Realm, 'register' | 'stop'> {
  return {
    start: () => plane.start(),
    call: (action, params, { timeoutMs } = {}) => plane.call(action, params, timeoutMs),
    broadcast: (event, payload) => plane.broadcast(event, payload),
    clusterHealth: () => cluster.health(),
    cluster: (limits) => cluster.state(limits),
  };
}

/** That of the services: all processes that run some, over NATS. */
export function openServiceRealm(options: RealmOptions): Realm {
  const plane = new ControlPlane(options);
  const cluster = new Cluster(options.bus, plane);
  return {
    ...realmOf(plane, cluster),
    register: (name, service) => {
      plane.register(name, service);
      return Promise.resolve();
    },
    stop: async () => {
      await cluster.stop();
      await plane.stop();
    },
  };
}

/** That of the collectors: this process alone, and over subjects of its host whoever gives it settings and wants to know that it runs. */
export function openCollectorRealm(options: RealmOptions): Realm {
  const plane = new ControlPlane({ ...options, bus: null });
  const { bus, host, nodeId: node, processState } = options;
  const link = new HostLink({
    bus,
    host,
    node,
    processState,
    collectors: async () => (await plane.replicas()).map(({ name, up, reason }) => ({ name, up, reason })),
    onCollection: (settings) => plane.broadcast('collection.changed', settings),
  });
  return {
    ...realmOf(plane, new Cluster(bus, plane)),
    register: async (name, service) => {
      plane.register(name, service);
      await plane.registered(name);
      if (link.collection !== null) plane.broadcast('collection.changed', link.collection);
      link.announce();
    },
    stop: async () => {
      await link.stop();
      await plane.stop();
    },
  };
}
