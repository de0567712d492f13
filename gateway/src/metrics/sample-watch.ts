import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@perfwatch/bus';
import type { Config } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { SampleFeed } from '../live/sample-feed.ts';
import type { NewestSamples } from './newest-samples.ts';

/** Samples of every host are read for as long as anyone asks: a server that is never scraped does nothing for it. */
const IDLE_MS = 900_000;
/** The first answer waits for one tick of every host, but no longer than this; a scraper gives up after ten seconds by default. */
const MAX_FIRST_WAIT_MS = 6000;
const SETTLE_MS = 400;

export interface SampleWatchOptions {
  bus: Pick<Bus, 'subscribeSamples'>;
  call: ServiceContext['call'];
  newest: NewestSamples;
}

const longestIntervalMs = ({ interval_ms: intervalMs, hosts }: Config): number =>
  Math.max(intervalMs, ...Object.values(hosts).map((host) => host.interval_ms ?? 0));

/** Keeps `newest` up to date from the first time that anyone asks until nobody has for a quarter of an hour. */
export class SampleWatch {
  readonly #options: SampleWatchOptions;
  #feed: SampleFeed | null = null;
  #firstTick: Promise<void> = Promise.resolve();
  #idleTimer: NodeJS.Timeout | null = null;

  constructor(options: SampleWatchOptions) {
    this.#options = options;
  }

  /** Resolves once every host has had the time to send. */
  async ask(): Promise<void> {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => void this.stop(), IDLE_MS);
    this.#idleTimer.unref();
    if (this.#feed === null) {
      this.#feed = new SampleFeed(this.#options.bus, (sample) => this.#options.newest.take(sample));
      this.#feed.retain('*/*');
      this.#firstTick = this.#waitForTick();
    }
    await this.#firstTick;
  }

  async stop(): Promise<void> {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    const feed = this.#feed;
    this.#feed = null;
    this.#options.newest.clear();
    await feed?.stop();
  }

  async #waitForTick(): Promise<void> {
    const startedMs = performance.now();
    // Where the settings cannot be had, the tick is as short as it is by default.
    const intervalMs = await this.#options.call('settings.get', {}, { timeoutMs: 1000 }).then(longestIntervalMs, () => 1000);
    const untilMs = startedMs + Math.min(MAX_FIRST_WAIT_MS, intervalMs + SETTLE_MS);
    await delay(Math.max(0, untilMs - performance.now()), undefined, { ref: false });
  }
}
