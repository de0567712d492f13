import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { Config, HostEvent, Inventory, MetricPath, MetricValue, Sample } from '@perfwatch/contract';
import { metricAt } from '@perfwatch/contract';
import { FrameClock } from './frame-clock.ts';
import { nearestRow, readFrame, type FrameRow, type TimeRange } from './frame.ts';
import { LiveConnection } from './live-connection.ts';
import type { LiveEvent, LiveSocket } from './live-feed.ts';
import { SampleMemory } from './sample-memory.ts';
import type { SampleTable } from './sample-table.ts';
import { DEFAULT_WINDOW_MS } from './window.ts';

const REPLY_TIMEOUT_MS = 20_000;
/** Wait after a subscription that was refused or not answered, such as while history starts. */
const ASK_AGAIN_MS = 3000;
/** Added to the time a connection was away, so that nothing is lost at its edges. */
const OVERLAP_SECONDS = 5;

/** One host, live: its samples of the last minutes and everything the page shows of the connection. */
@Injectable()
export class LiveStore {
  readonly connection = inject(LiveConnection);
  readonly #clock = inject(FrameClock);
  readonly host = signal<string | null>(null);
  readonly windowMs = signal(DEFAULT_WINDOW_MS);
  /** The end of what is shown while paused; null while live. */
  readonly pausedAtMs = signal<number | null>(null);
  /** The moment under the pointer, in all charts. */
  readonly crosshairMs = signal<number | null>(null);
  readonly config = signal<Config | null>(null);
  readonly inventory = signal<Inventory | null>(null);
  /** Collectors seen, in order of appearance. */
  readonly collectors = signal<readonly string[]>([]);
  /** Whether what the window asks for has not arrived yet. */
  readonly isLoading = signal(true);
  readonly missed = signal(0);
  /** When the last sample came, by `performance.now()`. */
  readonly receivedAtMs = signal<number | null>(null);
  /** Rises when a collector's status changed: what the catalog says may have, too. */
  readonly statusChanges = signal(0);
  #memory = new SampleMemory(DEFAULT_WINDOW_MS);
  #socket: LiveSocket | null = null;

  readonly frame = this.#clock.frame.asReadonly();
  /** What the time axis shows. */
  readonly range = computed<TimeRange>(() => {
    this.frame();
    const toMs = this.pausedAtMs() ?? this.#memory.newestMs ?? Date.now();
    return { fromMs: toMs - this.#memory.windowMs, toMs };
  });

  constructor() {
    this.connection.events.subscribe((event) => this.#on(event));
    effect((onCleanup) => {
      const host = this.host();
      untracked(() => this.#switchTo(host));
      onCleanup(() => {
        if (host !== null && this.#socket?.connected === true) this.#socket.emit('unsubscribe', { hosts: [host] }, () => undefined);
      });
    });
  }

  /** The newest sample of a collector. Read within a computation, it is read again with every frame. */
  latest(collector: string): Sample | null {
    this.frame();
    return this.#memory.latest(collector);
  }

  /** A value of the newest sample, or of the moment under the crosshair or the pause. */
  value(collector: string, path: MetricPath): MetricValue {
    this.frame();
    const momentMs = this.crosshairMs() ?? this.pausedAtMs();
    if (momentMs === null) {
      const latest = this.#memory.latest(collector);
      return latest === null ? null : (metricAt(latest.metrics, path) ?? null);
    }
    const table = this.#memory.table(collector);
    const row = table === null ? null : nearestRow(table, momentMs, this.#memory.bucketMs);
    return table === null || row === null ? null : table.valueAt(path, row);
  }

  /** How often each collector of the host samples, of those that say it and are switched on. */
  intervalsMs(): number[] {
    const latest = this.collectors().map((collector) => this.latest(collector));
    return latest.flatMap((sample) => (sample?.interval_ms === undefined || sample.status === 'disabled' ? [] : [sample.interval_ms]));
  }

  /** Rows for a chart. */
  rows(collector: string, paths: readonly MetricPath[]): FrameRow[] {
    this.frame();
    const table = this.#memory.table(collector);
    return table === null ? [] : readFrame(table, { paths, range: this.range(), bucketMs: this.#memory.bucketMs });
  }

  /** The table itself, for what is drawn pixel by pixel. */
  table(collector: string): SampleTable | null {
    this.frame();
    return this.#memory.table(collector);
  }

  /** What one point of a chart stands for: the sampling interval, or more where the window is long. */
  stepMs(collector: string): number {
    return Math.max(this.latest(collector)?.interval_ms ?? 0, this.#memory.bucketMs);
  }

  /** Instances of a dimension: those of the newest sample, in its order. */
  instances(collector: string, dimension: string): string[] {
    const entry = this.latest(collector)?.metrics[dimension];
    return entry === null || entry === undefined || typeof entry === 'number' ? [] : Object.keys(entry);
  }

  show(windowMs: number): void {
    if (windowMs === this.windowMs()) return;
    this.windowMs.set(windowMs);
    this.pausedAtMs.set(null);
    if (this.#socket?.connected === true) this.#subscribe(this.#socket, { backfillSeconds: windowMs / 1000, isFresh: true });
  }

  togglePause(): void {
    this.pausedAtMs.update((pausedAt) => (pausedAt === null ? this.range().toMs : null));
  }

  #switchTo(host: string | null): void {
    this.#memory = new SampleMemory(this.windowMs());
    this.collectors.set([]);
    this.inventory.set(null);
    this.pausedAtMs.set(null);
    this.receivedAtMs.set(null);
    this.isLoading.set(true);
    this.#clock.ask();
    if (host !== null && this.#socket?.connected === true) {
      this.#subscribe(this.#socket, { backfillSeconds: this.windowMs() / 1000, isFresh: true });
    }
  }

  #on(event: LiveEvent): void {
    if (event.kind === 'connected') this.#onConnected(event.socket);
    else if (event.kind === 'sample') this.#onSample(event.sample);
    else if (event.kind === 'config') this.config.set(event.config);
    else if (event.kind === 'missed') this.missed.update((missed) => missed + event.missed);
    else this.#onHost(event.host);
  }

  #onConnected(socket: LiveSocket): void {
    this.#socket = socket;
    if (this.host() === null) return;
    const receivedAtMs = this.receivedAtMs();
    const windowSeconds = this.windowMs() / 1000;
    // Another window may have been chosen while nobody answered.
    const isFresh = receivedAtMs === null || this.#memory.windowMs !== this.windowMs();
    const awaySeconds = isFresh ? windowSeconds : (performance.now() - receivedAtMs) / 1000 + OVERLAP_SECONDS;
    this.#subscribe(socket, { backfillSeconds: Math.min(windowSeconds, awaySeconds), isFresh });
  }

  /** Asks for a host's samples. A fresh memory takes over when the past has arrived, so that the page never goes blank. */
  #subscribe(socket: LiveSocket, { backfillSeconds, isFresh }: { backfillSeconds: number; isFresh: boolean }): void {
    const host = this.host();
    if (host === null) return;
    const windowMs = this.windowMs();
    socket
      .timeout(REPLY_TIMEOUT_MS)
      .emit('subscribe', { hosts: [host], backfill_seconds: backfillSeconds }, (error: Error | null, reply) => {
        if (this.host() !== host || this.windowMs() !== windowMs) return;
        if (error !== null || !reply.ok) {
          setTimeout(() => this.#askAgain(socket, { host, windowMs, backfillSeconds, isFresh }), ASK_AGAIN_MS);
          return;
        }
        this.isLoading.set(false);
        if (isFresh) this.#takeOver(new SampleMemory(windowMs), reply.backfill);
        else for (const sample of reply.backfill) this.#keep(sample);
      });
  }

  /** Unless the page has moved on or the connection is another by now. */
  #askAgain(
    socket: LiveSocket,
    { host, windowMs, ...request }: { host: string; windowMs: number; backfillSeconds: number; isFresh: boolean },
  ): void {
    if (socket.connected && this.host() === host && this.windowMs() === windowMs) this.#subscribe(socket, request);
  }

  #takeOver(memory: SampleMemory, backfill: readonly Sample[]): void {
    const before = this.#memory;
    this.#memory = memory;
    for (const sample of backfill) this.#keep(sample);
    for (const collector of before.collectors) {
      const latest = before.latest(collector);
      if (latest !== null) this.#keep(latest);
    }
    this.#clock.ask();
  }

  #onSample(sample: Sample): void {
    if (sample.host !== this.host()) return;
    this.receivedAtMs.set(performance.now());
    this.#keep(sample);
  }

  #keep(sample: Sample): void {
    if (sample.host !== this.host()) return;
    const before = this.#memory.latest(sample.collector);
    this.#memory.add(sample);
    if (before === null) this.collectors.update((names) => (names.includes(sample.collector) ? names : [...names, sample.collector]));
    if (before?.status !== sample.status) this.statusChanges.update((count) => count + 1);
    this.#clock.ask();
  }

  #onHost(event: HostEvent): void {
    if (event.host !== this.host()) return;
    if (event.inventory !== null) this.inventory.set(event.inventory);
    this.statusChanges.update((count) => count + 1);
  }
}
