import type { Bus, Subscription } from '@perfwatch/bus';
import { internalSubjects } from '@perfwatch/contract';
import { PRESENCE_EVERY_MS } from './host-link.ts';
import { hostPresenceSchema, type HostPresence } from './host-messages.ts';
import type { ClusterProcess, ServiceReplica } from './service.ts';

const COLLECTOR_PREFIX = 'collector-';
/** Who was not heard for this long is gone. */
const GONE_AFTER_MS = 2.5 * PRESENCE_EVERY_MS;
const MAX_HOSTS = 20_000;
/** A host's credentials can say of its own host only, and this much. */
const MAX_PROCESSES_OF_A_HOST = 64;

interface Noted {
  presence: HostPresence;
  goneAtMs: number;
}

/**
 * The processes of collectors that say they run, of every host. What they say is shown and nothing else: a host may lie about itself, but not
 * about another, nor be taken for a service.
 */
export class PresentHosts {
  readonly #now: () => number;
  readonly #subscription: Subscription;
  /** By host, then by node. */
  readonly #hosts = new Map<string, Map<string, Noted>>();

  constructor(bus: Bus, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#subscription = bus.subscribe(internalSubjects.presence('*'), hostPresenceSchema, (presence, subject) =>
      this.#note(subject.slice(subject.lastIndexOf('.') + 1), presence),
    );
    bus.publish(internalSubjects.rollCall, {});
  }

  /** The collectors that run. */
  replicas(): ServiceReplica[] {
    return this.#present().flatMap(({ node, collectors }) =>
      collectors.map(({ name, up, reason }) => ({ name: COLLECTOR_PREFIX + name, nodeId: node, up, reason })),
    );
  }

  processes(): ClusterProcess[] {
    return this.#present().map(({ node, process }) => ({ ...process, nodeId: node }));
  }

  stop(): Promise<void> {
    return this.#subscription.stop();
  }

  #note(host: string, said: HostPresence): void {
    const own = this.#hosts.get(host) ?? new Map<string, Noted>();
    if (said.leaving) own.delete(said.node);
    else if (own.has(said.node) || own.size < MAX_PROCESSES_OF_A_HOST) {
      const presence = { ...said, process: { ...said.process, host } };
      own.set(said.node, { presence, goneAtMs: this.#now() + GONE_AFTER_MS });
    }
    if (own.size === 0) this.#hosts.delete(host);
    else if (this.#hosts.has(host) || this.#hosts.size < MAX_HOSTS) this.#hosts.set(host, own);
  }

  #present(): HostPresence[] {
    const nowMs = this.#now();
    for (const [host, own] of this.#hosts) {
      for (const [node, { goneAtMs }] of own) if (goneAtMs < nowMs) own.delete(node);
      if (own.size === 0) this.#hosts.delete(host);
    }
    return [...this.#hosts.values()].flatMap((own) => [...own.values()].map(({ presence }) => presence));
  }
}
