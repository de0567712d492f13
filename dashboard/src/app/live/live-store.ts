import { computed, effect, inject, Injectable, signal, type Signal, untracked } from '@angular/core';
import type { Config, HostEvent, Inventory, MetricPath, MetricValue, Sample } from '@perfwatch/contract';
import { metricAt } from '@perfwatch/contract';
import { PreferencesStore } from '../preferences/preferences-store.ts';
import { FrameClock } from './frame-clock.ts';
import { nearestRow, readFrame, type FrameRow, type TimeRange } from './frame.ts';
import { LiveConnection } from './live-connection.ts';
import type { LiveEvent } from './live-feed.ts';
import { LiveSamples } from './live-samples.ts';
import { PastStore } from './past-store.ts';
import type { SampleMemory } from './sample-memory.ts';
import type { SampleTable } from './sample-table.ts';

/** One host, live: its samples of the last minutes and everything the page shows of the connection. */
@Injectable()
export class LiveStore {
  readonly connection = inject(LiveConnection);
  readonly past = inject(PastStore);
  readonly #samples = inject(LiveSamples);
  readonly #clock = inject(FrameClock);
  readonly host = signal<string | null>(null);
  readonly #preferences = inject(PreferencesStore);
  readonly windowMs = signal(this.#preferences.windowMs());
  /** The end of what is shown while paused; null while live. */
  readonly pausedAtMs = signal<number | null>(null);
  /** The moment under the pointer, in all charts. */
  readonly crosshairMs = signal<number | null>(null);
  readonly config = signal<Config | null>(null);
  readonly inventory = signal<Inventory | null>(null);
  /** Collectors seen, in order of appearance. */
  readonly collectors = this.#samples.collectors.asReadonly();
  /** Whether what the window asks for has not arrived yet. */
  readonly isLoading = this.#samples.isLoading.asReadonly();
  readonly missed = signal(0);
  /** When the last sample came, by `performance.now()`. */
  readonly receivedAtMs = this.#samples.receivedAtMs.asReadonly();
  readonly #hostChanges = signal(0);
  /** Rises when a collector's or the host's status changed: what the catalog says may have, too. */
  readonly statusChanges = computed(() => this.#hostChanges() + this.#samples.statusChanges());
  /** Samples received when the page was paused. */
  #receivedAtPause = 0;
  /** Hosts shown so far: a pause that an address asks for holds for the first. */
  #hosts = 0;

  readonly frame = this.#clock.frame.asReadonly();
  /** What the time axis shows. It moves by whole points of the charts: less cannot be seen, and every move draws them all. */
  readonly range = computed<TimeRange>(
    () => {
      this.frame();
      const { newestMs, bucketMs, windowMs } = this.#samples.memory;
      const toMs = this.pausedAtMs() ?? (newestMs === null ? Date.now() : Math.floor(newestMs / bucketMs) * bucketMs);
      return { fromMs: toMs - windowMs, toMs };
    },
    { equal: (a, b) => a.fromMs === b.fromMs && a.toMs === b.toMs },
  );
  /** What is drawn: the newest samples, or the stretch of the past that a paused page looks at. */
  readonly #shown = computed<SampleMemory>(() => {
    this.frame();
    const range = this.range();
    if (this.pausedAtMs() === null || this.#samples.memory.covers(range.fromMs)) return this.#samples.memory;
    return this.past.memoryFor(range) ?? this.#samples.memory;
  });
  /** By collector; at most as many as the page shows. */
  readonly #drawnOf = new Map<string, Signal<string>>();
  /** Samples that arrived since the page was paused. */
  readonly arrived = computed(() => {
    this.frame();
    return this.pausedAtMs() === null ? 0 : this.#samples.received - this.#receivedAtPause;
  });

  constructor() {
    this.connection.events.subscribe((event) => this.#on(event));
    effect(() => this.#wantPast());
    effect((onCleanup) => {
      const host = this.host();
      untracked(() => this.#switchTo(host));
      onCleanup(() => {
        if (host !== null) this.#samples.unsubscribe(host);
      });
    });
  }

  /** The newest sample of a collector. Read within a computation, it is read again with every frame. */
  latest(collector: string): Sample | null {
    this.frame();
    return this.#samples.memory.latest(collector);
  }

  /** A value of the newest sample, or of the moment under the crosshair or the pause. */
  value(collector: string, path: MetricPath): MetricValue {
    this.frame();
    const momentMs = this.crosshairMs() ?? this.pausedAtMs();
    if (momentMs === null) {
      const latest = this.#samples.memory.latest(collector);
      return latest === null ? null : (metricAt(latest.metrics, path) ?? null);
    }
    const table = this.#shown().table(collector);
    const row = table === null ? null : nearestRow(table, momentMs, this.#samples.memory.bucketMs);
    return table === null || row === null ? null : table.valueAt(path, row);
  }

  /** How often each collector of the host samples, of those that say it and are switched on. */
  intervalsMs(): number[] {
    const latest = this.collectors().map((collector) => this.latest(collector));
    return latest.flatMap((sample) => (sample?.interval_ms === undefined || sample.status === 'disabled' ? [] : [sample.interval_ms]));
  }

  /** Rows for a chart. */
  rows(collector: string, paths: readonly MetricPath[]): FrameRow[] {
    this.#drawn(collector);
    const table = this.#shown().table(collector);
    return table === null ? [] : readFrame(table, { paths, range: this.range(), bucketMs: this.#samples.memory.bucketMs });
  }

  /** Has the effect that reads it run again when not just the newest end is new: a gap was filled, or another stretch of the past is shown. */
  watchStretch(): void {
    this.#samples.fillings();
    this.#shown();
  }

  /** The table itself, for what is drawn pixel by pixel. */
  table(collector: string): SampleTable | null {
    this.#drawn(collector);
    return this.#shown().table(collector);
  }

  /** What one point of a chart stands for: the sampling interval, or more where the window is long. */
  stepMs(collector: string): number {
    return Math.max(this.latest(collector)?.interval_ms ?? 0, this.#samples.memory.bucketMs);
  }

  /** Instances of a dimension: those of the newest sample, in its order. */
  instances(collector: string, dimension: string): string[] {
    const entry = this.latest(collector)?.metrics[dimension];
    return entry === null || entry === undefined || typeof entry === 'number' ? [] : Object.keys(entry);
  }

  show(windowMs: number): void {
    if (windowMs === this.windowMs()) return;
    this.windowMs.set(windowMs);
    this.#preferences.patch({ windowMs });
    this.past.clear();
    this.#samples.show(windowMs);
  }

  togglePause(): void {
    if (this.pausedAtMs() === null) this.pauseAt(this.range().toMs);
    else this.goLive();
  }

  /** Shows the window that ends at a moment, no later than what has arrived, and stays there. */
  pauseAt(timeMs: number): void {
    if (this.pausedAtMs() === null) this.#receivedAtPause = this.#samples.received;
    this.pausedAtMs.set(Math.round(Math.min(timeMs, this.#samples.memory.newestMs ?? timeMs)));
  }

  /** Moves the window by so many milliseconds, to earlier moments below 0; pauses where it was live. */
  pan(byMs: number): void {
    if (this.pausedAtMs() === null && byMs >= 0) return;
    this.pauseAt(this.range().toMs + byMs);
  }

  goLive(): void {
    this.pausedAtMs.set(null);
    this.past.clear();
    this.#clock.ask();
  }

  /** Changes when a chart of a collector has something new to draw: a further point, or a gap that was filled. */
  #drawn(collector: string): string {
    let drawn = this.#drawnOf.get(collector);
    if (drawn === undefined) {
      drawn = computed(() => {
        this.frame();
        const latest = this.pausedAtMs() === null ? this.#samples.memory.latest(collector) : null;
        const point = latest === null ? 0 : Math.floor(Date.parse(latest.ts) / this.#samples.memory.bucketMs);
        return `${this.#samples.fillings()} ${point}`;
      });
      this.#drawnOf.set(collector, drawn);
    }
    return drawn();
  }

  #wantPast(): void {
    this.frame();
    const host = this.host();
    const range = this.range();
    if (host === null || this.pausedAtMs() === null || this.isLoading() || this.#samples.memory.covers(range.fromMs)) return;
    const { windowMs, bucketMs, newestMs } = this.#samples.memory;
    const collectors = this.collectors();
    untracked(() => this.past.want({ host, collectors, range, bucketMs }, { windowMs, newestMs: newestMs ?? range.toMs }));
  }

  #switchTo(host: string | null): void {
    this.inventory.set(null);
    if (host !== null && this.#hosts++ > 0) this.pausedAtMs.set(null);
    this.past.clear();
    const windowMs = this.windowMs();
    this.#samples.switchTo(host === null ? null : { host, windowMs }, windowMs);
  }

  #on(event: LiveEvent): void {
    if (event.kind === 'connected') this.#samples.onConnected(event.socket);
    else if (event.kind === 'sample') this.#samples.onSample(event.sample);
    else if (event.kind === 'config') this.config.set(event.config);
    else if (event.kind === 'missed') this.missed.update((missed) => missed + event.missed);
    else if (event.kind === 'host') this.#onHost(event.host);
  }

  #onHost(event: HostEvent): void {
    if (event.host !== this.host()) return;
    if (event.inventory !== null) this.inventory.set(event.inventory);
    this.#hostChanges.update((count) => count + 1);
  }
}
