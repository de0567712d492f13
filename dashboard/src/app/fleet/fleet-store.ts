import { computed, effect, inject, Injectable, signal, untracked, type Signal, type WritableSignal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { interval } from 'rxjs';
import { FrameClock } from '../live/frame-clock.ts';
import { LiveConnection } from '../live/live-connection.ts';
import type { LiveEvent } from '../live/live-feed.ts';
import { STEP_MS } from './course.ts';
import { FleetHosts } from './fleet-hosts.ts';
import { FleetMemory } from './fleet-memory.ts';
import { FleetWatch } from './fleet-watch.ts';
import { hostEntry, type HostEntry } from './host-entry.ts';
import { tileOf, type HostTile } from './host-tile.ts';

/** Signals kept of hosts that were looked at; they are cheap, but names may be made up. */
const MOST_REVISIONS = 5000;

/** Every host of the list, and what those that are looked at do right now. */
@Injectable()
export class FleetStore {
  readonly connection = inject(LiveConnection);
  readonly #hosts = inject(FleetHosts);
  readonly #watch = inject(FleetWatch);
  readonly #clock = inject(FrameClock);
  readonly #memory = new FleetMemory();
  /** Hosts of which something came since they were drawn. */
  readonly #changed = new Set<string>();
  readonly #revisions = new Map<string, WritableSignal<number>>();
  #wanted: readonly string[] = [];
  readonly fault: Signal<string | null> = this.#hosts.fault;
  /** Null until they have come. */
  readonly entries = computed<readonly HostEntry[] | null>(() => {
    const asOfMs = this.#hosts.asOfMs();
    return this.#hosts.hosts()?.map((host) => hostEntry(host, asOfMs)) ?? null;
  });

  constructor() {
    this.connection.events.subscribe((event) => this.#on(event));
    this.#watch.arrived.pipe(takeUntilDestroyed()).subscribe((points) => {
      this.#memory.addPast(points);
      for (const { host } of points) this.#changed.add(host);
      this.#clock.ask();
    });
    // The time axis moves and ages rise, whether or not anything comes.
    interval(STEP_MS)
      .pipe(takeUntilDestroyed())
      .subscribe(() => this.#drawAll());
    effect(() => {
      this.#clock.frame();
      untracked(() => this.#draw());
    });
  }

  load(): void {
    this.#hosts.load();
  }

  /** Says which hosts are looked at, those in the middle first. */
  look(hosts: readonly string[]): void {
    this.#wanted = hosts;
    this.#memory.touch(hosts);
    this.#watch.want(hosts);
  }

  /** What a host's tile shows. Read within a computation, it is read again when that has changed. */
  tile(entry: HostEntry): HostTile {
    this.#revision(entry.host)();
    const nowMs = this.#hosts.nowMs();
    const sinceMs = this.#watch.sinceMs(entry.host);
    // A host that was just scrolled to had no time to send anything.
    const isCurrent = sinceMs !== null && nowMs - sinceMs > entry.quietMs && this.connection.state() === 'connected';
    return tileOf(entry, { memory: this.#memory, nowMs, asOfMs: isCurrent ? nowMs : untracked(this.#hosts.asOfMs) });
  }

  #on(event: LiveEvent): void {
    if (event.kind === 'connected') this.#watch.onConnected(event.socket);
    else if (event.kind === 'host') this.#hosts.onHost(event.host);
    else if (event.kind === 'sample' && this.#memory.add(event.sample)) {
      this.#changed.add(event.sample.host);
      this.#clock.ask();
    }
  }

  #drawAll(): void {
    for (const host of this.#wanted) this.#changed.add(host);
    this.#clock.ask();
  }

  #draw(): void {
    for (const host of this.#changed) this.#revisions.get(host)?.update((count) => count + 1);
    this.#changed.clear();
  }

  #revision(host: string): Signal<number> {
    const known = this.#revisions.get(host);
    if (known !== undefined) return known;
    if (this.#revisions.size >= MOST_REVISIONS) this.#revisions.clear();
    const added = signal(0);
    this.#revisions.set(host, added);
    return added;
  }
}
