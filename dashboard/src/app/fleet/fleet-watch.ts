import { DestroyRef, inject, Injectable } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { asyncScheduler, Subject, switchMap, throttleTime, timer, type Subscription } from 'rxjs';
import type { LiveSocket } from '../live/live-feed.ts';
import { COURSE_MS, STEP_MS } from './course.ts';
import { FleetHosts } from './fleet-hosts.ts';
import type { PastPoint } from './fleet-memory.ts';
import { FleetPast, type FleetPastQuery } from './fleet-past.ts';
import { FLEET_COLLECTORS, MEASURE_KEYS } from './measures.ts';
import { watchChange } from './watch-change.ts';

/** What is passed over while scrolling is not asked for; two requests for each change stay far below the server's 10 in a second. */
const SETTLE_MS = 400;
const REPLY_TIMEOUT_MS = 20_000;
/** Hosts that come into view within this time are asked for together; those that have left it by then are not. */
const GATHER_MS = 700;
/** Wait after a subscription that was refused or not answered. */
const ASK_AGAIN_MS = 3000;

/** Asks for the Samples of the hosts that are wanted and no others, and once for the last two minutes of each that is added. */
@Injectable()
export class FleetWatch {
  readonly #past = inject(FleetPast);
  readonly #hosts = inject(FleetHosts);
  readonly #changes = new Subject<void>();
  /** The past of hosts that were just added. */
  readonly arrived = new Subject<readonly PastPoint[]>();
  #socket: LiveSocket | null = null;
  #wanted: readonly string[] = [];
  /** When each was asked for, by the server's clock. */
  readonly #watched = new Map<string, number>();
  readonly #withoutPast = new Set<string>();
  #loading: Subscription | null = null;

  constructor() {
    this.#changes
      .pipe(throttleTime(SETTLE_MS, asyncScheduler, { leading: true, trailing: true }), takeUntilDestroyed())
      .subscribe(() => this.#change());
    inject(DestroyRef).onDestroy(() => this.#loading?.unsubscribe());
  }

  /** Those named first count where they are too many. */
  want(hosts: readonly string[]): void {
    this.#wanted = hosts;
    this.#changes.next();
  }

  /** Since when a host's Samples come; null where they do not. By the server's clock. */
  sinceMs(host: string): number | null {
    return this.#watched.get(host) ?? null;
  }

  /** A new connection knows of nothing that was asked for, and what came meanwhile is missing. */
  onConnected(socket: LiveSocket): void {
    this.#socket = socket;
    this.#watched.clear();
    this.#changes.next();
  }

  #change(): void {
    const socket = this.#socket;
    if (socket?.connected !== true) return;
    const { added, removed } = watchChange(new Set(this.#watched.keys()), this.#wanted);
    if (removed.length > 0) {
      socket.emit('unsubscribe', { hosts: removed }, () => undefined);
      for (const host of removed) this.#watched.delete(host);
    }
    if (added.length > 0) this.#subscribe(socket, added);
  }

  #subscribe(socket: LiveSocket, hosts: readonly string[]): void {
    const nowMs = this.#hosts.nowMs();
    for (const host of hosts) {
      this.#watched.set(host, nowMs);
      this.#withoutPast.add(host);
    }
    socket
      .timeout(REPLY_TIMEOUT_MS)
      .emit('subscribe', { hosts: [...hosts], collectors: [...FLEET_COLLECTORS] }, (error: Error | null, reply) => {
        if (this.#socket !== socket) return;
        // Samples come from here on: the past that is asked for now leaves no hole before them.
        if (error === null && reply.ok) this.#loadPast();
        else setTimeout(() => this.#askAgain(socket, hosts), ASK_AGAIN_MS);
      });
  }

  #askAgain(socket: LiveSocket, hosts: readonly string[]): void {
    if (this.#socket !== socket) return;
    for (const host of hosts) this.#watched.delete(host);
    this.#changes.next();
  }

  /** One at a time: hosts that were passed by meanwhile are no longer asked for. */
  #loadPast(): void {
    if (this.#loading !== null || this.#withoutPast.size === 0) return;
    this.#loading = timer(GATHER_MS)
      .pipe(switchMap(() => this.#past.load(this.#pastWanted())))
      .subscribe((points) => {
        this.#loading = null;
        this.arrived.next(points);
        this.#loadPast();
      });
  }

  #pastWanted(): FleetPastQuery {
    const hosts = [...this.#withoutPast].filter((host) => this.#watched.has(host));
    this.#withoutPast.clear();
    const toMs = this.#hosts.nowMs();
    return { hosts, keys: MEASURE_KEYS, fromMs: toMs - COURSE_MS, toMs: toMs + STEP_MS, stepMs: STEP_MS };
  }
}
