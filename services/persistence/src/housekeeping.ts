import type { Logger } from '@perfwatch/service-kit';
import type { Store } from '@perfwatch/store';
import { BACKLOG_KEPT_MS } from '@perfwatch/contract';
import type { SamplePartitions } from './sample-partitions.ts';
import type { SeenNames } from './seen-names.ts';

const EVERY_MS = 600_000;
const RETRY_MS = 10_000;
/** Names outlive the samples that carried them by the slack with which they are written. */
const NAMES_KEPT_MS = BACKLOG_KEPT_MS + 86_400_000;

export interface HousekeepingParts {
  store: Store;
  partitions: SamplePartitions;
  seenNames: SeenNames;
  log: Logger;
}

/** Makes partitions ahead and forgets names not seen for long, now and every ten minutes. Every replica does it; they do not disturb each other. */
export class Housekeeping {
  readonly #parts: HousekeepingParts;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void>;
  #fault: string | null = null;
  #isStopped = false;

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
    this.#running = this.#run();
  }

  /** Why the last run failed; null when it did not. */
  get fault(): string | null {
    return this.#fault;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log } = this.#parts;
    try {
      await this.#work(Date.now());
      if (this.#fault !== null) log.info({}, 'partitions are made again');
      this.#fault = null;
    } catch (error) {
      if (this.#fault === null) log.error({ err: error }, 'partitions could not be made; trying again');
      this.#fault = error instanceof Error ? error.message : String(error);
    }
    if (this.#isStopped) return;
    this.#timer = setTimeout(
      () => {
        this.#running = this.#run();
      },
      this.#fault === null ? EVERY_MS : RETRY_MS,
    );
    this.#timer.unref();
  }

  async #work(nowMs: number): Promise<void> {
    const { store, partitions, seenNames } = this.#parts;
    await partitions.makeAhead(nowMs);
    await store.query('DELETE FROM seen_name WHERE last_seen < $1', [new Date(nowMs - NAMES_KEPT_MS)]);
    seenNames.forgetBefore(nowMs - NAMES_KEPT_MS);
  }
}
