import { setTimeout as delay } from 'node:timers/promises';
import type { Sample, SubscribeRequest } from '@perfwatch/contract';
import type { Logger, ServiceContext } from '@perfwatch/service-kit';

/** What was published just before is committed within 50 ms; this is how long a backfill waits for it. */
const SETTLE_MS = 250;
/** Largest acknowledgement: an hour of a small machine, five minutes of a large one. */
const MAX_BACKFILL_BYTES = 16 * 1024 * 1024;
/** Each is read, encoded and written as a whole; more at once would hold up everyone's live samples. */
const MAX_AT_ONCE = 2;
/** Viewers that wait for theirs; beyond that they start with live samples alone. */
const MAX_WAITING = 1000;

/** The newest of `samples` (oldest first) that fit into `maxBytes`, by the size that each collector's newest has. */
export function newestWithin(samples: readonly Sample[], maxBytes: number): Sample[] {
  const bytesByCollector = new Map<string, number>();
  let bytes = 0;
  let first = samples.length;
  while (first > 0) {
    const sample = samples[first - 1];
    if (sample === undefined) break;
    const key = `${sample.host}/${sample.collector}`;
    const size = bytesByCollector.get(key) ?? JSON.stringify(sample).length;
    bytesByCollector.set(key, size);
    bytes += size;
    if (bytes > maxBytes) break;
    first--;
  }
  return samples.slice(first);
}

export interface BackfillOptions {
  call: ServiceContext['call'];
  log: Logger;
  settleMs?: number;
}

/**
 * The last seconds of what a viewer has just subscribed to. The viewer is in its rooms before this is asked for, so that together
 * with the live samples there is no hole; some samples are in both. Live data do not wait for history: while that cannot be
 * reached the backfill is empty.
 */
export class Backfill {
  readonly #call: ServiceContext['call'];
  readonly #log: Logger;
  readonly #settleMs: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #isFailing = false;

  constructor({ call, log, settleMs = SETTLE_MS }: BackfillOptions) {
    this.#call = call;
    this.#log = log;
    this.#settleMs = settleMs;
  }

  /** Never rejects. */
  async recent({ hosts, collectors, backfill_seconds: seconds = 0 }: SubscribeRequest): Promise<Sample[]> {
    const isNothing = seconds === 0 || hosts?.length === 0 || collectors?.length === 0;
    if (isNothing || this.#waiting.length >= MAX_WAITING) return [];
    await delay(this.#settleMs);
    await this.#turn();
    try {
      const samples = await this.#call('history.recent', { hosts, collectors, seconds });
      this.#report(null);
      return newestWithin(samples, MAX_BACKFILL_BYTES);
    } catch (error) {
      this.#report(error);
      return [];
    } finally {
      this.#next();
    }
  }

  #turn(): Promise<void> {
    if (this.#running < MAX_AT_ONCE) {
      this.#running++;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }

  #report(error: unknown): void {
    const isFailing = error !== null;
    if (isFailing === this.#isFailing) return;
    this.#isFailing = isFailing;
    if (isFailing) this.#log.warn({ err: error }, 'live pages start without their last minutes: history does not answer');
    else this.#log.info({}, 'live pages start with their last minutes again');
  }
}
