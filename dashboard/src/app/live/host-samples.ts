import { signal } from '@angular/core';
import type { Sample } from '@perfwatch/contract';
import type { FrameClock } from './frame-clock.ts';
import { GapWatch } from './gap-watch.ts';
import { firstGapMs } from './gap.ts';
import type { LiveSocket } from './live-feed.ts';
import type { PastApi } from './past-api.ts';
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

export interface HostSamplesSources {
  /** The stored past. */
  past: Pick<PastApi, 'load'>;
  /** Told when there is something new to draw. */
  clock: Pick<FrameClock, 'ask'>;
}

/** The samples of the host on the page: its subscription, what it brings of the past, and the memory all of it goes to. */
export class HostSamples {
  readonly #past: HostSamplesSources['past'];
  readonly #clock: HostSamplesSources['clock'];
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
  readonly #watch = new GapWatch();
  /** Since when something may be missing that history will have, of a connection that was lost; null for the last minutes. */
  #gapsSinceMs: number | null = null;
  /** Whether history did not give what was asked for: it may be away. */
  #isPastDue = false;

  constructor({ past, clock }: HostSamplesSources) {
    this.#past = past;
    this.#clock = clock;
  }

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
    this.#watch.stop();
    if (look !== null) this.#ask({ backfillSeconds: windowMs / 1000, isFresh: true });
  }

  /** Fetches another window of the same host; what is there stays until it has arrived. */
  show(windowMs: number): void {
    if (this.#look === null) return;
    this.#look = { ...this.#look, windowMs };
    this.#ask({ backfillSeconds: windowMs / 1000, isFresh: true });
  }

  /** Asks again over a new connection: for what was missed, or for all of it where that is too much or there is nothing yet. */
  onConnected(socket: LiveSocket): void {
    this.#socket = socket;
    if (this.#look === null) return;
    const receivedAtMs = this.receivedAtMs();
    const windowSeconds = this.#look.windowMs / 1000;
    const awaySeconds = receivedAtMs === null ? windowSeconds : (performance.now() - receivedAtMs) / 1000 + OVERLAP_SECONDS;
    // Another window may have been chosen while nobody answered, or the past was still on its way.
    const isOutdated = this.#arriving !== null || this.#memory.windowMs !== this.#look.windowMs;
    const isFresh = awaySeconds > LONGEST_BACKFILL_SECONDS || receivedAtMs === null || isOutdated;
    if (!isFresh) this.#gapsSinceMs ??= this.#memory.newestMs;
    this.#ask({ backfillSeconds: isFresh ? windowSeconds : Math.min(windowSeconds, awaySeconds), isFresh });
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

  /** Asks for nothing more. */
  close(): void {
    this.#look = null;
    this.#watch.stop();
  }

  /** Asks, and sees to it that the answer becomes whole: what was published last may not be stored yet, or history may be away. */
  #ask(request: { backfillSeconds: number; isFresh: boolean }): void {
    const look = this.#look;
    if (request.isFresh) this.#gapsSinceMs = null;
    this.#subscribe(request);
    const receivedBefore = this.#received;
    this.#watch.start(() => this.#isWhole(look, { hasHeard: this.#received > receivedBefore }));
  }

  /** Whether nothing more is to be asked for. Before a new sample has come, a gap in front of it cannot be seen. */
  #isWhole(look: Look | null, { hasHeard }: { hasHeard: boolean }): boolean {
    if (look === null || this.#look !== look || this.#socket?.connected !== true) return true;
    const { newestMs } = this.#memory;
    if (this.#arriving !== null) return false;
    if (this.#isPastDue) {
      this.#subscribe({ backfillSeconds: look.windowMs / 1000, isFresh: true });
      return false;
    }
    if (newestMs === null) return hasHeard;
    const reachMs = Math.min(look.windowMs, LONGEST_BACKFILL_SECONDS * 1000);
    const gapMs = firstGapMs(this.#memory, Math.max(this.#gapsSinceMs ?? 0, newestMs - reachMs));
    if (gapMs !== null) this.#subscribe({ backfillSeconds: (newestMs - gapMs) / 1000 + OVERLAP_SECONDS, isFresh: false });
    else if (hasHeard) this.#gapsSinceMs = null;
    return gapMs === null && hasHeard;
  }

  /** Asks for the host's samples. A fresh memory takes over when the past has arrived, so that the page never goes blank. */
  #subscribe({ backfillSeconds, isFresh }: { backfillSeconds: number; isFresh: boolean }): void {
    const [look, socket] = [this.#look, this.#socket];
    if (look === null || socket?.connected !== true) return;
    const isLong = isFresh && backfillSeconds > LONGEST_BACKFILL_SECONDS;
    if (isFresh) {
      this.#arriving = [];
      this.#isPastDue = false;
    }
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
    this.#isPastDue = seam === null;
    if (this.#isPastDue && this.#hasSome(look)) {
      this.#arriving = null;
      return;
    }
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
    this.#past.load({ host: look.host, collectors: this.collectors(), range, bucketMs }).subscribe(({ samples, fault }) => {
      if (this.#look !== look) return;
      this.#isPastDue = fault !== null;
      if (this.#isPastDue && this.#hasSome(look)) {
        this.#arriving = null;
        return;
      }
      const afterPast = backfill.filter(({ ts }) => Date.parse(ts) >= toMs);
      this.#takeOver(memory, [...samples, ...afterPast]);
    });
  }

  /** Whether an answer came before, and the page has gone on from there. */
  #hasSome({ windowMs }: Look): boolean {
    return !this.isLoading() && this.#memory.windowMs === windowMs;
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
