import { computed, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { configFor, type CatalogEntry, type Config, type ConfigUpdate } from '@perfwatch/contract';
import { EMPTY, Subject, catchError, forkJoin, switchMap, take, timer } from 'rxjs';
import { ApiClient } from '../../api/api-client.ts';
import { problemText } from '../../api/problem-text.ts';
import { runCollectors } from './collection-choices.ts';

/** A change shows in what the collectors send: at the next tick of most, later where they are slow. */
const LOOK_AFTER_MS = 1500;
const LOOK_EVERY_MS = 4000;
const LOOKS = 4;

/** What is collected on all hosts and on each, and the host that the settings are shown for. */
@Injectable()
export class CollectionStore {
  readonly #api = inject(ApiClient);
  readonly #changed = new Subject<void>();
  readonly config = signal<Config | null>(null);
  readonly catalogs = signal<readonly CatalogEntry[]>([]);
  /** Collectors that PerfWatch runs. */
  readonly run = signal<ReadonlySet<string>>(new Set());
  readonly #knownHosts = signal<readonly string[]>([]);
  /** Null: the defaults of all hosts. */
  readonly host = signal<string | null>(null);
  readonly fault = signal<string | null>(null);
  readonly isSaving = signal(false);
  /** Hosts that send, and hosts that have settings of their own. */
  readonly hosts = computed(() => [...new Set([...this.#knownHosts(), ...Object.keys(this.config()?.hosts ?? {})])].toSorted());
  /** What counts where the settings are shown for. */
  readonly inForce = computed(() => {
    const config = this.config();
    const host = this.host();
    if (config === null) return null;
    return host === null ? config : configFor(config, host);
  });
  /** What the chosen host has of its own; null for all hosts and for a host that has nothing. */
  readonly own = computed(() => {
    const host = this.host();
    return host === null ? null : (this.config()?.hosts[host] ?? null);
  });
  readonly shownCatalogs = computed(() => {
    const host = this.host();
    return host === null ? this.catalogs() : this.catalogs().filter((entry) => entry.host === host);
  });

  constructor() {
    this.#changed
      .pipe(
        switchMap(() => timer(LOOK_AFTER_MS, LOOK_EVERY_MS).pipe(take(LOOKS))),
        // What is shown stays until the next look.
        switchMap(() => this.#api.catalog().pipe(catchError(() => EMPTY))),
        takeUntilDestroyed(),
      )
      .subscribe(({ collectors }) => this.catalogs.set(collectors));
  }

  load(): void {
    this.fault.set(null);
    const asked = {
      config: this.#api.config(),
      catalog: this.#api.catalog(),
      hosts: this.#api.hosts(),
      readiness: this.#api.readiness(),
    };
    forkJoin(asked).subscribe({
      next: ({ config, catalog, hosts, readiness }) => {
        this.run.set(runCollectors(readiness));
        this.config.set(config);
        this.catalogs.set(catalog.collectors);
        this.#knownHosts.set(hosts.hosts.map(({ host }) => host));
      },
      error: (error: unknown) => this.fault.set(problemText(error)),
    });
  }

  /** Changes the chosen host, or the defaults. */
  update(update: Omit<ConfigUpdate, 'host'>): void {
    this.updateHost(this.host(), update);
  }

  updateHost(host: string | null, update: Omit<ConfigUpdate, 'host'>): void {
    this.fault.set(null);
    this.isSaving.set(true);
    this.#api.updateConfig({ host, ...update }).subscribe({
      next: (config) => {
        this.config.set(config);
        this.isSaving.set(false);
        this.#changed.next();
      },
      error: (error: unknown) => {
        this.fault.set(problemText(error));
        // A new object, so that the controls show again what counts.
        this.config.update((config) => (config === null ? null : { ...config }));
        this.isSaving.set(false);
      },
    });
  }
}
