import { HttpErrorResponse } from '@angular/common/http';
import { computed, effect, inject, Injectable, signal, untracked, type Signal } from '@angular/core';
import type { CatalogEntry } from '@perfwatch/contract';
import { debounceTime, Subject, switchMap, catchError, EMPTY } from 'rxjs';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { ApiClient } from '../api/api-client.ts';
import { problemText } from '../api/problem-text.ts';
import { describeCollector, isSameInfo, type CollectorInfo } from '../catalog/describe.ts';
import { inOrder, type HealthStatus } from './panel-order.ts';
import { LiveStore } from './live-store.ts';

/** How a collector is doing, as its card says it. */
export interface CollectorHealth {
  status: HealthStatus;
  reason: string | null;
}

/** Changes come in bursts (every collector at its start): one question answers them all. */
const SETTLE_MS = 400;
/** A collector is stale after this many intervals without a sample, and never before five seconds. */
const STALE_INTERVALS = 5;
const STALE_AFTER_MS = 5000;

/** It never sent anything, or nothing can be called so. */
const NO_SUCH_HOST: readonly number[] = [404, 400];

/** What is known of a host's collectors: catalog, health and order. */
@Injectable()
export class CollectorStore {
  readonly #api = inject(ApiClient);
  readonly #live = inject(LiveStore);
  readonly #reload = new Subject<string>();
  readonly #catalog = signal<ReadonlyMap<string, CatalogEntry>>(new Map());
  readonly #loads = signal(0);
  readonly fault = signal<string | null>(null);
  /** Whether the server knows no host of this name. */
  readonly isUnknownHost = signal(false);
  readonly #infos = new Map<string, Signal<CollectorInfo>>();

  /** Every collector of the host, by name; those that have nothing to draw after the others, own cost last. */
  readonly names = computed(
    () => {
      const names = new Set([...this.#catalog().keys(), ...this.#live.collectors()]);
      return inOrder([...names], (name) => this.health(name).status);
    },
    { equal: (a, b) => a.join() === b.join() },
  );

  constructor() {
    this.#reload
      .pipe(
        debounceTime(SETTLE_MS),
        switchMap((host) => this.#api.catalog(host).pipe(catchError((error: unknown) => this.#failed(error)))),
        takeUntilDestroyed(),
      )
      .subscribe(({ collectors }) => {
        this.fault.set(null);
        this.#catalog.set(new Map(collectors.map((entry) => [entry.collector, entry])));
      });
    effect((onCleanup) => {
      const host = this.#live.host();
      this.#catalog.set(new Map());
      this.#loads();
      if (host === null) return;
      const request = this.#api.host(host).subscribe({
        next: ({ inventory }) => {
          this.isUnknownHost.set(false);
          if (untracked(this.#live.inventory) === null) this.#live.inventory.set(inventory);
        },
        error: (error: unknown) => {
          this.isUnknownHost.set(error instanceof HttpErrorResponse && NO_SUCH_HOST.includes(error.status));
          this.fault.set(problemText(error));
        },
      });
      onCleanup(() => request.unsubscribe());
    });
    effect(() => {
      const host = this.#live.host();
      this.#live.collectors();
      this.#live.statusChanges();
      this.#loads();
      if (host !== null) this.#reload.next(host);
    });
  }

  /** Asks for everything again. */
  load(): void {
    this.fault.set(null);
    this.#loads.update((count) => count + 1);
  }

  /** What a collector's numbers are; the same object until that changes. */
  info(name: string): CollectorInfo {
    let info = this.#infos.get(name);
    if (info === undefined) {
      info = computed(() => describeCollector(name, this.#catalog().get(name) ?? null, this.#live.latest(name)?.metrics ?? null), {
        equal: isSameInfo,
      });
      this.#infos.set(name, info);
    }
    return info();
  }

  health(name: string): CollectorHealth {
    const latest = this.#live.latest(name);
    if (latest === null) {
      const known = this.#catalog().get(name);
      if (known?.status !== undefined && known.status !== null && known.status !== 'ok')
        return { status: known.status, reason: known.reason };
      return { status: 'waiting', reason: null };
    }
    const status = latest.status ?? 'ok';
    const newestMs = this.#live.range().toMs;
    const behindMs = newestMs - Date.parse(latest.ts);
    const allowedMs = Math.max(STALE_AFTER_MS, STALE_INTERVALS * (latest.interval_ms ?? 0));
    if ((status === 'ok' || status === 'partial') && behindMs > allowedMs) return { status: 'stale', reason: null };
    return { status, reason: latest.reason ?? null };
  }

  #failed(error: unknown): typeof EMPTY {
    this.fault.set(problemText(error));
    return EMPTY;
  }
}
