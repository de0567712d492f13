import type { Bus, Subscription } from '@perfwatch/bus';
import { internalSubjects, type CollectionConfig } from '@perfwatch/contract';
import { hostCollectionSchema, MAX_COLLECTORS, rollCallSchema, type HostCollection, type HostPresence } from './host-messages.ts';
import type { ProcessState } from './process-state.ts';

export interface HostLinkOptions {
  host: string;
  /** Tells this process from others of the host. */
  node: string;
  bus: Bus;
  processState: () => ProcessState;
  /** The collectors that run, and how they are. */
  collectors: () => Promise<HostPresence['collectors']>;
  /** The settings of this host came. */
  onCollection: (settings: CollectionConfig) => void;
}

/** How often a process says that it runs. */
export const PRESENCE_EVERY_MS = 5000;
/** The same while it has no settings, which are given to whoever has not the newest. */
const UNSETTLED_EVERY_MS = 1000;
/** However often it is asked to. */
const LEAST_GAP_MS = 200;

/**
 * All that a process of collectors has to do with the services: it says that it runs, and is told its host's settings. Both go over subjects
 * of its host alone, and nothing is ever answered to a subject that the other side names.
 */
export class HostLink {
  readonly #options: HostLinkOptions;
  readonly #subscriptions: Subscription[];
  readonly #removeListener: () => void;
  readonly #stopping = new AbortController();
  #collection: HostCollection | null = null;
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #next: NodeJS.Timeout | undefined;

  constructor(options: HostLinkOptions) {
    this.#options = options;
    const { bus, host } = options;
    this.#subscriptions = [
      bus.subscribe(internalSubjects.collection(host), hostCollectionSchema, (collection) => this.#take(collection)),
      bus.subscribe(internalSubjects.rollCall, rollCallSchema, () => this.announce()),
    ];
    this.#removeListener = bus.onState(({ connected }) => {
      if (connected) this.announce();
    });
    this.announce();
  }

  /** Null until they came. */
  get collection(): CollectionConfig | null {
    return this.#collection?.settings ?? null;
  }

  /** Something changed, or somebody asks: says soon that this process runs, once however often this is called. */
  announce(): void {
    this.#plan(Math.max(0, this.#lastSentMs + LEAST_GAP_MS - performance.now()));
  }

  /** Says that this process stops. Idempotent. */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    clearTimeout(this.#next);
    this.#removeListener();
    await Promise.all(this.#subscriptions.map((subscription) => subscription.stop()));
    this.#publish([]);
  }

  #plan(inMs: number): void {
    clearTimeout(this.#next);
    if (this.#stopping.signal.aborted) return;
    this.#next = setTimeout(() => void this.#send(), inMs).unref();
  }

  async #send(): Promise<void> {
    this.#lastSentMs = performance.now();
    this.#plan(this.#collection === null ? UNSETTLED_EVERY_MS : PRESENCE_EVERY_MS);
    const collectors = await this.#options.collectors();
    if (!this.#stopping.signal.aborted) this.#publish(collectors.slice(0, MAX_COLLECTORS));
  }

  #publish(collectors: HostPresence['collectors']): void {
    const { bus, host, node, processState } = this.#options;
    const presence: HostPresence = {
      node,
      collectors,
      process: processState(),
      ...(this.#collection === null ? {} : { settingsAt: this.#collection.settingsAt }),
      leaving: this.#stopping.signal.aborted,
    };
    bus.publish(internalSubjects.presence(host), presence);
  }

  #take(collection: HostCollection): void {
    this.#collection = collection;
    this.#options.onCollection(collection.settings);
  }
}
