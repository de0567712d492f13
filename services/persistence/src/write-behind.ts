import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;
/** Most writes that wait; beyond it the oldest is dropped and counted. */
const MAX_PENDING = 1000;

/**
 * Writes one after another, and each again with growing pauses until it is done. A write takes the place of an older one of the
 * same key that has not begun. `write` must not reject for what no trying again helps against.
 */
export class WriteBehind {
  readonly #pending = new Map<string, () => Promise<void>>();
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #dropped = 0;

  /** How many writes were dropped because too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  add(key: string, write: () => Promise<void>): void {
    if (this.#stopping.signal.aborted) return;
    this.#pending.delete(key);
    this.#pending.set(key, write);
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined && this.#pending.size > MAX_PENDING) {
      this.#pending.delete(oldest);
      this.#dropped += 1;
    }
    this.#running ??= this.#run();
  }

  /** Tries what is left once more, then gives up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let retryMs = FIRST_RETRY_MS;
    for (let next = this.#take(); next !== null; next = this.#take()) {
      const [key, write] = next;
      try {
        await write();
        retryMs = FIRST_RETRY_MS;
      } catch {
        // The database is away, which the store logs; a newer write of the same key goes first.
        if (signal.aborted) return;
        if (!this.#pending.has(key)) this.#pending.set(key, write);
        await sleep(retryMs, undefined, { signal }).catch(() => undefined);
        retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
      }
    }
    // In the same turn in which nothing was left: what is added from now on starts another run.
    this.#running = null;
  }

  #take(): [string, () => Promise<void>] | null {
    const [first] = this.#pending;
    if (first === undefined) return null;
    this.#pending.delete(first[0]);
    return first;
  }
}
