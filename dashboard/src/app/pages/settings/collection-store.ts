import { computed, inject, Injectable, signal } from '@angular/core';
import { configFor, type CatalogEntry, type Config, type ConfigUpdate } from '@perfwatch/contract';
import { forkJoin } from 'rxjs';
import { ApiClient } from '../../api/api-client.ts';
import { problemText } from '../../api/problem-text.ts';

/** What is collected on all hosts and on each, and the host that the settings are shown for. */
@Injectable()
export class CollectionStore {
  readonly #api = inject(ApiClient);
  readonly config = signal<Config | null>(null);
  readonly catalogs = signal<readonly CatalogEntry[]>([]);
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

  load(): void {
    this.fault.set(null);
    forkJoin({ config: this.#api.config(), catalog: this.#api.catalog(), hosts: this.#api.hosts() }).subscribe({
      next: ({ config, catalog, hosts }) => {
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
