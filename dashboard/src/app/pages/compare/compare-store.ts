import { computed, effect, inject, Injectable, linkedSignal, signal, type WritableSignal } from '@angular/core';
import { takeUntilDestroyed, toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import type { CatalogEntry, CompareQuery, CompareReply } from '@perfwatch/contract';
import { finalize, type Observable } from 'rxjs';
import { ApiClient } from '../../api/api-client.ts';
import { CompareApi } from '../../api/compare-api.ts';
import { problemText } from '../../api/problem-text.ts';
import { LiveConnection } from '../../live/live-connection.ts';
import { compareQuery, readState, writeState, type CompareState } from './compare-state.ts';

/** What the address asks to be compared, and what came of it. Each question fails alone: a comparison without titles is one all the same. */
@Injectable()
export class CompareStore {
  readonly #api = inject(ApiClient);
  readonly #compareApi = inject(CompareApi);
  readonly #router = inject(Router);
  readonly #route = inject(ActivatedRoute);
  readonly #query = toSignal(this.#route.queryParamMap, { requireSync: true });
  readonly state = computed(() => readState(this.#query()));
  readonly #attempt = signal(0);
  readonly #host = computed(() => this.state().host);
  /** What is asked of the server: filters ask nothing. */
  readonly #question = computed(
    () => {
      const host = this.#host();
      return host === null ? null : compareQuery(this.state(), host);
    },
    { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  );
  readonly hosts = signal<readonly string[] | null>(null);
  readonly catalogs = linkedSignal<string | null, readonly CatalogEntry[]>({ source: this.#host, computation: () => [] });
  /** Stays while the same is asked again. */
  readonly reply = linkedSignal<CompareQuery | null, CompareReply | null>({ source: this.#question, computation: () => null });
  readonly isLoading = signal(false);
  readonly #hostsFault = signal<string | null>(null);
  readonly #catalogFault = signal<string | null>(null);
  readonly #replyFault = signal<string | null>(null);
  /** Why there is nothing to compare. */
  readonly fault = computed(() => this.#replyFault() ?? (this.#host() === null ? this.#hostsFault() : null));
  /** What is missing around a comparison that is there. */
  readonly lacks = computed(() => {
    const [hosts, catalog] = [this.#hostsFault(), this.#catalogFault()];
    if (this.fault() !== null) return [];
    return [
      ...(catalog === null ? [] : [`Names of metrics could not be read, so paths stand in their place. ${catalog}`]),
      ...(hosts === null ? [] : [`Other hosts could not be read. ${hosts}`]),
    ];
  });

  constructor() {
    inject(LiveConnection)
      .events.pipe(takeUntilDestroyed())
      .subscribe(({ kind }) => {
        if (kind === 'connected') this.#mend();
      });
    effect((onCleanup) => {
      this.#attempt();
      onCleanup(ask(this.#api.hosts(), { fault: this.#hostsFault, next: ({ hosts }) => this.#adoptHosts(hosts.map(({ host }) => host)) }));
    });
    effect((onCleanup) => {
      this.#attempt();
      const host = this.#host();
      if (host === null) return;
      const next = ({ collectors }: { collectors: readonly CatalogEntry[] }) => this.catalogs.set(collectors);
      onCleanup(ask(this.#api.catalog(host), { fault: this.#catalogFault, next }));
    });
    effect((onCleanup) => {
      this.#attempt();
      const question = this.#question();
      if (question === null) return;
      this.isLoading.set(true);
      const reply = this.#compareApi.compare(question).pipe(finalize(() => this.isLoading.set(false)));
      onCleanup(ask(reply, { fault: this.#replyFault, next: (compared) => this.reply.set(compared) }));
    });
  }

  /** What failed while the server was away is asked for again when it is back. */
  #mend(): void {
    if (this.fault() !== null || this.lacks().length > 0) this.reload();
  }

  /** Asks for everything again. */
  reload(): void {
    this.#attempt.update((attempt) => attempt + 1);
  }

  /** Puts a change into the address, from where it comes back. `replaces` leaves no way back: for what is typed, or nobody chose. */
  change(change: Partial<CompareState>, { replaces }: { replaces: boolean } = { replaces: false }): void {
    const queryParams = writeState({ ...this.state(), ...change });
    void this.#router.navigate([], { relativeTo: this.#route, queryParams, replaceUrl: replaces });
  }

  #adoptHosts(hosts: readonly string[]): void {
    this.hosts.set(hosts);
    const [first] = hosts;
    if (this.state().host === null && first !== undefined) this.change({ host: first }, { replaces: true });
  }
}

/** Asks, and keeps what went wrong. Returns what drops the question. */
function ask<T>(answer: Observable<T>, { fault, next }: { fault: WritableSignal<string | null>; next: (reply: T) => void }): () => void {
  fault.set(null);
  const request = answer.subscribe({ next, error: (error: unknown) => fault.set(problemText(error)) });
  return () => request.unsubscribe();
}
