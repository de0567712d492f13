import type { Bus, Subscription } from '@perfwatch/bus';
import { configFor, internalSubjects, type Config } from '@perfwatch/contract';
import { hostPresenceSchema, type HostCollection, type HostPresence } from './host-messages.ts';
import type { Logger } from './logging.ts';

export interface CollectionFeedOptions {
  bus: Bus;
  log: Logger;
  /** Reads the settings. */
  read: () => Promise<Config>;
}

/** However many ask: the settings are read once in this time. */
const FRESH_MS = 5000;
/** The same when somebody seems to know newer ones. */
const SUSPECT_MS = 1000;

/** Gives the collectors of every host their settings, each host its own and no more. Any number of replicas may run. */
export class CollectionFeed {
  readonly #options: CollectionFeedOptions;
  readonly #subscription: Subscription;
  readonly #removeListener: () => void;
  #latest: { atMs: number; config: Promise<Config> } | null = null;
  #isFailing = false;

  constructor(options: CollectionFeedOptions) {
    this.#options = options;
    const { bus } = options;
    this.#subscription = bus.subscribe(internalSubjects.presence('*'), hostPresenceSchema, (presence, subject) => {
      if (!presence.leaving) void this.#answer(subject.slice(subject.lastIndexOf('.') + 1), presence);
    });
    this.#removeListener = bus.onState(({ connected }) => {
      if (connected) this.#callRoll();
    });
    this.#callRoll();
  }

  /** These are the settings from now on: every process of collectors is asked by which it runs. */
  changed(config: Config): void {
    this.note(config);
    this.#callRoll();
  }

  /** These are the settings from now on, and somebody else tells the collectors. */
  note(config: Config): void {
    this.#latest = { atMs: performance.now(), config: Promise.resolve(config) };
  }

  async stop(): Promise<void> {
    this.#removeListener();
    await this.#subscription.stop();
  }

  #callRoll(): void {
    this.#options.bus.publish(internalSubjects.rollCall, {});
  }

  /** To the subject of that host, whatever the message names as the one for answers. */
  async #answer(host: string, { settingsAt }: HostPresence): Promise<void> {
    const { bus, log } = this.#options;
    try {
      let config = await this.#config(FRESH_MS);
      if (settingsAt !== undefined && isOlder(config.updated_at, settingsAt)) config = await this.#config(SUSPECT_MS);
      this.#isFailing = false;
      if (config.updated_at === settingsAt) return;
      const collection: HostCollection = { settingsAt: config.updated_at, settings: configFor(config, host) };
      bus.publish(internalSubjects.collection(host), collection);
    } catch (error) {
      // They go on by what they have, and ask again.
      if (!this.#isFailing) log.warn({ err: error }, 'cannot give collectors their settings');
      this.#isFailing = true;
    }
  }

  #config(maxAgeMs: number): Promise<Config> {
    const nowMs = performance.now();
    if (this.#latest === null || nowMs - this.#latest.atMs > maxAgeMs) this.#latest = { atMs: nowMs, config: this.#options.read() };
    return this.#latest.config;
  }
}

/** Of two `updated_at`; null is that of settings that nobody has changed. */
function isOlder(one: string | null, other: string | null): boolean {
  return other !== null && (one === null || Date.parse(one) < Date.parse(other));
}
