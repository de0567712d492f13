import { HttpErrorResponse } from '@angular/common/http';
import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import { intervalToMs, type Host, type RetentionReply } from '@perfwatch/contract';
import { catchError, forkJoin, of, throwError, type Observable } from 'rxjs';
import { ApiClient } from '../../api/api-client.ts';
import { HistoryApi, type CollectorHistory } from '../../api/history-api.ts';
import { problemText } from '../../api/problem-text.ts';
import { RetentionApi } from '../../api/retention-api.ts';
import { choosableCollectors, titleOfChoice, type ChoosableCollector } from '../../catalog/choosable.ts';
import { formatChoice } from '../../catalog/metric-choice.ts';
import { firstHost, firstMetrics } from './first-visit.ts';
import { HistoryAddress } from './history-address.ts';
import { historyCharts } from './history-charts.ts';
import { pointLimit, queriesOf, refreshMs, type HistoryQuery } from './history-queries.ts';
import { resolveRange } from '../../format/range-text.ts';
import type { Told } from './resolution-text.ts';
import { linesOf } from './time-lines.ts';

/** A collector that a host does not have is no fault of the others. */
const NOT_FOUND = 404;

/** What was asked for and what came. */
interface Loaded {
  queries: readonly HistoryQuery[];
  histories: ReadonlyMap<string, CollectorHistory>;
}

const NOTHING: Loaded = { queries: [], histories: new Map() };

/** The stored past that the address asks for. What is shown stays until what replaces it is here; a question that is out of date is dropped. */
@Injectable()
export class HistoryStore {
  readonly #api = inject(ApiClient);
  readonly #history = inject(HistoryApi);
  readonly #address = inject(HistoryAddress);
  readonly state = this.#address.state;
  /** The present, as far as the page knows: it moves by itself while the range ends now. */
  readonly nowMs = signal(Date.now());
  readonly hosts = signal<readonly Host[] | null>(null);
  readonly fault = signal<string | null>(null);
  readonly isLoading = signal(false);
  readonly #loaded = signal(NOTHING);
  readonly #again = signal(0);

  readonly range = computed(() => resolveRange(this.state(), this.nowMs()), {
    equal: (a, b) => a.fromMs === b.fromMs && a.toMs === b.toMs,
  });
  readonly pointLimit = computed(() => pointLimit(this.state().step, window.innerWidth));
  /** What is asked for, a query for each collector. */
  readonly queries = computed(() => queriesOf(this.state(), this.range(), this.pointLimit()), {
    equal: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  readonly #hostNames = computed(() => this.state().hosts, { equal: (a, b) => a.join() === b.join() });
  /** What may be chosen on the hosts shown; null until it is known. */
  readonly collectors = signal<readonly ChoosableCollector[] | null>(null);
  readonly #kept = signal<RetentionReply['hosts']>([]);

  readonly #lines = computed(() => {
    const { histories } = this.#loaded();
    const hosts = this.#hostNames();
    return (this.state().metrics ?? []).flatMap((choice) => {
      const series = histories.get(choice.collector)?.series ?? [];
      return hosts.flatMap((name) => series.filter(({ host }) => host === name).flatMap((history) => linesOf(history, choice)));
    });
  });
  readonly #drawn = computed(() => historyCharts(this.#lines(), { collectors: this.collectors() ?? [], hosts: this.#hostNames() }));
  readonly charts = computed(() => this.#drawn().charts);
  /** Lines that found no place. */
  readonly leftOut = computed(() => this.#drawn().leftOut);
  /** Titles of chosen metrics of which nothing is in the range. */
  readonly absent = computed(() => {
    const there = new Set(this.#lines().map(({ choice }) => formatChoice(choice)));
    const asked = new Set(this.#loaded().queries.map(({ collector }) => collector));
    const collectors = this.collectors() ?? [];
    return (this.state().metrics ?? [])
      .filter((choice) => asked.has(choice.collector) && !there.has(formatChoice(choice)))
      .map((choice) => titleOfChoice(collectors, choice));
  });
  /** Hosts of which nothing is in the range, while there is of others. */
  readonly silentHosts = computed(() => {
    const there = new Set(this.#lines().map(({ host }) => host));
    return there.size === 0 ? [] : this.#hostNames().filter((host) => !there.has(host));
  });
  readonly hasAnswer = computed(() => this.#loaded().queries.length > 0);
  /** As they came with the lines. */
  readonly marks = computed(() => [...this.#loaded().histories.values()].flatMap(({ annotations }) => annotations));
  readonly told = computed<Told[]>(() =>
    [...this.#loaded().histories].flatMap(([collector, { series }]) =>
      series.map((history) => ({ history, sampleMs: this.#sampleMs(history.host, collector) })),
    ),
  );
  /** By collector: the coarsest step of what is shown, as a query takes it. */
  readonly shownSteps = computed(() => {
    const coarsest = (series: CollectorHistory['series']) =>
      series.reduce((step, { interval }) => ((intervalToMs(interval) ?? 0) > (intervalToMs(step) ?? 0) ? interval : step), 'raw');
    return new Map([...this.#loaded().histories].map(([collector, { series }]) => [collector, coarsest(series)]));
  });
  /** The oldest sample that is kept of the hosts shown; null while that is not known. */
  readonly oldestMs = computed(() => {
    const times = this.#kept().flatMap(({ host, oldest_sample: oldest }) =>
      oldest !== null && this.#hostNames().includes(host) ? [Date.parse(oldest)] : [],
    );
    return times.length === 0 ? null : Math.min(...times);
  });

  constructor() {
    this.#loadHosts();
    inject(RetentionApi)
      .report()
      .subscribe({ next: ({ hosts }) => this.#kept.set(hosts), error: () => this.#kept.set([]) });
    effect(() => this.#completeState());
    effect((onCleanup) => {
      const hosts = this.#hostNames();
      this.#again();
      onCleanup(this.#loadCatalogs(hosts));
    });
    effect((onCleanup) => {
      const queries = this.queries();
      this.#again();
      onCleanup(untracked(() => this.#ask(queries)));
    });
    effect((onCleanup) => {
      if (this.state().to.kind === 'absolute') return;
      const timer = setInterval(() => this.#moveOn(), refreshMs(this.range(), this.pointLimit()));
      onCleanup(() => clearInterval(timer));
    });
  }

  /** Asks again for everything that failed or may have changed. */
  reload(): void {
    if (this.hosts() === null) this.#loadHosts();
    this.nowMs.set(Date.now());
    this.#again.update((count) => count + 1);
  }

  #moveOn(): void {
    if (document.visibilityState !== 'visible' || this.isLoading()) return;
    if (this.hosts() === null) this.#loadHosts();
    this.nowMs.set(Date.now());
  }

  #loadHosts(): void {
    this.#api.hosts().subscribe({
      next: ({ hosts }) => this.hosts.set(hosts),
      error: (error: unknown) => this.fault.set(problemText(error)),
    });
  }

  /** Returns what drops the question. */
  #loadCatalogs(hosts: readonly string[]): () => void {
    if (hosts.length === 0) return () => undefined;
    const request = forkJoin(hosts.map((host) => this.#api.catalog(host))).subscribe({
      next: (replies) => this.collectors.set(choosableCollectors(replies.flatMap(({ collectors }) => collectors))),
      error: (error: unknown) => this.fault.set(problemText(error)),
    });
    return () => request.unsubscribe();
  }

  /** A first visit names neither host nor metric: the address then gets what is shown instead. */
  #completeState(): void {
    const { hosts, metrics } = this.state();
    if (hosts.length === 0) {
      const host = firstHost(this.hosts() ?? []);
      if (host !== null) this.#address.go({ hosts: [host] }, { replaces: true });
      return;
    }
    const collectors = this.collectors();
    if (metrics === null && collectors !== null) this.#address.go({ metrics: firstMetrics(collectors) }, { replaces: true });
  }

  /** Returns what drops the question. */
  #ask(queries: readonly HistoryQuery[]): () => void {
    if (queries.length === 0) {
      this.#loaded.set(NOTHING);
      this.isLoading.set(false);
      return () => undefined;
    }
    this.isLoading.set(true);
    const missing: unknown[] = [];
    const answers = queries.map((query) => this.#history.query(query).pipe(catchError((error: unknown) => nothingOf(error, missing))));
    const request = forkJoin(answers).subscribe({
      next: (histories) => {
        this.#loaded.set({ queries, histories: new Map(histories.map((history, index) => [queries[index]?.collector ?? '', history])) });
        this.fault.set(missing.length === queries.length ? problemText(missing[0]) : null);
        this.isLoading.set(false);
      },
      error: (error: unknown) => {
        this.fault.set(problemText(error));
        this.isLoading.set(false);
      },
    });
    return () => request.unsubscribe();
  }

  #sampleMs(host: string, collector: string): number | null {
    const state = this.hosts()
      ?.find((each) => each.host === host)
      ?.collectors.find((each) => each.collector === collector);
    return state?.interval_ms ?? null;
  }
}

/** Nothing, for a collector that is not there; the error is noted. Any other error stays one. */
function nothingOf(error: unknown, missing: unknown[]): Observable<CollectorHistory> {
  if (!(error instanceof HttpErrorResponse) || error.status !== NOT_FOUND) return throwError(() => error);
  missing.push(error);
  return of({ annotations: [], series: [] });
}
