import { inject, Injectable, signal } from '@angular/core';
import type { Sample } from '@perfwatch/contract';
import { FrameClock } from './frame-clock.ts';
import type { LiveSocket } from './live-feed.ts';
import { PastApi } from './past-api.ts';
import { SampleMemory } from './sample-memory.ts';
import { seamOf } from './seam.ts';
import { DEFAULT_WINDOW_MS } from './window.ts';

const REPLY_TIMEOUT_MS = 20_000;
/** Wait after a subscription that was refused or not answered, such as while history starts. */
const ASK_AGAIN_MS = 3000;
/** Added to the time a connection was away, so that nothing is lost at its edges. */
const OVERLAP_SECONDS = 5;
/** Longer pasts come from history in the steps that charts draw: every Sample of an hour would be a hundred thousand rows for nothing. */
const LONGEST_BACKFILL_SECONDS = 300;
/** Asked for as they are where the rest comes from history. */
const SEAM_SECONDS = 60;
/** A backfill that begins this much later than asked for has been cut: one of a big machine would be too much at once. */
const CUT_AFTER_MS = 10_000;
/** Samples kept aside while the past is on its way. */
const MOST_ARRIVING = 20_000;

/** Whose samples are wanted, and of how long. */
export interface Look {
  host: string;
  windowMs: number;
}

/** The samples of the host on the page: its subscription, what it brings of the past, and the memory all of it goes to. */
@Injectable()
export class LiveSamples {
  readonly #pastApi = inject(PastApi);
  readonly #clock = inject(FrameClock);
  /** Collectors seen, in order of appearance. */
  readonly collectors = signal<readonly string[]>([]);
  /** Whether what the window asks for has not arrived yet. */
  readonly isLoading = signal(true);
  /** When the last sample came, by `performance.now()`. */
  readonly receivedAtMs = signal<number | null>(null);
  /** Rises when a collector's status changed: what the catalog says may have, too. */
  readonly statusChanges = signal(0);
  /** Rises when a gap was filled. */
  readonly fillings = signal(0);
  #memory = new SampleMemory(DEFAULT_WINDOW_MS);
  #look: Look | null = null;
  #socket: LiveSocket | null = null;
  /** What came since the last fresh subscription, until its past is here; null while none is on its way. */
  #arriving: Sample[] | null = null;
  #received = 0;

  get memory(): SampleMemory {
    return this.#memory;
  }

  /** Samples that came from the host so far. */
  get received(): number {
    return this.#received;
  }

  /** Turns to a host, or to none: what was known of the former is gone. */
  switchTo(look: Look | null, windowMs: number): void {
    this.#look = look;
    this.#memory = new SampleMemory(windowMs);
    this.#arriving = null;
    this.collectors.set([]);
    this.receivedAtMs.set(null);
    this.isLoading.set(true);
    this.#clock.ask();
    if (look !== null) this.#subscribe({ backfillSeconds: windowMs / 1000, isFresh: true });
  }

  /** Fetches another window of the same host; what is there stays until it has arrived. */
  show(windowMs: number): void {
    if (this.#look === null) return;
    this.#look = { ...this.#look, windowMs };
    this.#subscribe({ backfillSeconds: windowMs / 1000, isFresh: true });
  }

  /** Asks again over a new connection: for what was missed, or for all of it where that is too much or there is nothing yet. */
  onConnected(socket: LiveSocket): void {
    this.#socket = socket;
    if (this.#look === null) return;
    const receivedAtMs = this.receivedAtMs();
    const windowSeconds = this.#look.windowMs / 1000;
    const awaySeconds = receivedAtMs === null ? windowSeconds : (performance.now() - receivedAtMs) / 1000 + OVERLAP_SECONDS;
    // Another window may have been chosen while nobody answered.
    const isFresh = awaySeconds > LONGEST_BACKFILL_SECONDS || receivedAtMs === null || this.#memory.windowMs !== this.#look.windowMs;
    this.#subscribe({ backfillSeconds: isFresh ? windowSeconds : Math.min(windowSeconds, awaySeconds), isFresh });
  }

  onSample(sample: Sample): void {
    if (sample.host !== this.#look?.host) return;
    this.receivedAtMs.set(performance.now());
    this.#received++;
    if (this.#arriving !== null && this.#arriving.length < MOST_ARRIVING) this.#arriving.push(sample);
    this.#keep(sample);
  }

  unsubscribe(host: string): void {
    if (this.#socket?.connected === true) this.#socket.emit('unsubscribe', { hosts: [host] }, () => undefined);
  }

  /** Asks for the host's samples. A fresh memory takes over when the past has arrived, so that the page never goes blank. */
  #subscribe({ backfillSeconds, isFresh }: { backfillSeconds: number; isFresh: boolean }): void {
    const [look, socket] = [this.#look, this.#socket];
    if (look === null || socket?.connected !== true) return;
    const isLong = isFresh && backfillSeconds > LONGEST_BACKFILL_SECONDS;
    if (isFresh) this.#arriving = [];
    socket
      .timeout(REPLY_TIMEOUT_MS)
      .emit(
        'subscribe',
        { hosts: [look.host], backfill_seconds: isLong ? SEAM_SECONDS : backfillSeconds },
        (error: Error | null, reply) => {
          if (this.#look !== look) return;
          if (error !== null || !reply.ok) setTimeout(() => this.#askAgain(look, { socket, backfillSeconds, isFresh }), ASK_AGAIN_MS);
          else if (isFresh) this.#onPast(look, reply.backfill);
          else this.#fill(reply.backfill);
        },
      );
  }

  /** Unless the page has moved on or the connection is another by now. */
  #askAgain(look: Look, { socket, ...request }: { socket: LiveSocket; backfillSeconds: number; isFresh: boolean }): void {
    if (this.#look === look && this.#socket === socket) this.#subscribe(request);
  }

  /** What came with the subscription is all of the window, or the end of it: then history has the rest. */
  #onPast(look: Look, backfill: readonly Sample[]): void {
    const memory = new SampleMemory(look.windowMs);
    const seam = seamOf(backfill);
    if (seam === null || seam.newestMs - seam.sinceMs >= look.windowMs - CUT_AFTER_MS) {
      this.#takeOver(memory, backfill);
      return;
    }
    // A first look at the host is better short than late.
    if (this.#memory.collectors.length === 0) this.#memory.addAll(backfill);
    for (const { collector } of backfill) this.#notice(collector);
    this.#clock.ask();
    const { bucketMs } = memory;
    const toMs = Math.ceil(seam.sinceMs / bucketMs) * bucketMs;
    const range = { fromMs: seam.newestMs - look.windowMs, toMs };
    this.#pastApi.load({ host: look.host, collectors: this.collectors(), range, bucketMs }).subscribe(({ samples }) => {
      if (this.#look !== look) return;
      const afterPast = backfill.filter(({ ts }) => Date.parse(ts) >= toMs);
      this.#takeOver(memory, [...samples, ...afterPast]);
    });
  }

  #takeOver(memory: SampleMemory, past: readonly Sample[]): void {
    const before = this.#memory;
    this.#memory = memory;
    for (const sample of [...past, ...(this.#arriving ?? [])]) this.#keep(sample);
    this.#arriving = null;
    for (const collector of before.collectors) {
      const latest = before.latest(collector);
      if (latest !== null) this.#keep(latest);
    }
    if (memory.newestMs !== null) memory.reachesBackTo(memory.newestMs - memory.windowMs);
    this.isLoading.set(false);
    this.#clock.ask();
  }

  /** Puts what was missed where it belongs. */
  #fill(backfill: readonly Sample[]): void {
    for (const sample of backfill) this.#keep(sample);
    this.fillings.update((count) => count + 1);
    this.isLoading.set(false);
  }

  #keep(sample: Sample): void {
    if (sample.host !== this.#look?.host) return;
    const before = this.#memory.latest(sample.collector);
    this.#memory.add(sample);
    if (before === null) this.#notice(sample.collector);
    if (before?.status !== sample.status) this.statusChanges.update((count) => count + 1);
    this.#clock.ask();
  }

  #notice(collector: string): void {
    this.collectors.update((names) => (names.includes(collector) ? names : [...names, collector]));
  }
}
