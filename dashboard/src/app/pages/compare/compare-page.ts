import { Component, computed, effect, inject, linkedSignal, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';
import { MatSlideToggle } from '@angular/material/slide-toggle';
import { ActivatedRoute, Router } from '@angular/router';
import type { CatalogEntry, ComparePeriod, CompareReply, CompareTo, CompareWindow } from '@perfwatch/contract';
import { forkJoin } from 'rxjs';
import { ApiClient } from '../../api/api-client.ts';
import { CompareApi } from '../../api/compare-api.ts';
import { problemText } from '../../api/problem-text.ts';
import { Segments, type Segment } from '../../controls/segments.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';
import { comparisonRows, countVerdicts, filterRows, sortRows } from './comparison-rows.ts';
import { ComparisonTable } from './comparison-table.ts';
import { compareQuery, readState, VERDICTS, writeState, type CompareState, type SortColumn } from './compare-state.ts';
import { MetricDetail } from './metric-detail.ts';
import { VERDICT_TEXTS } from './verdict.ts';
import { WindowInputs } from './window-inputs.ts';

const PERIODS: readonly Segment<ComparePeriod | 'given'>[] = [
  { value: 'hour', label: 'Hour' },
  { value: 'day', label: 'Day' },
  { value: 'week', label: 'Week' },
  { value: 'given', label: 'Custom' },
];
const AGAINST: readonly Segment<CompareTo>[] = [
  { value: 'previous', label: 'Previous' },
  { value: 'yesterday', label: 'Yesterday' },
  { value: 'last_week', label: 'Last week' },
];

/** One stretch of time against another: what really changed, metric by metric. The address holds everything that is shown. */
@Component({
  selector: 'pw-compare-page',
  imports: [
    MatButton,
    MatFormField,
    MatLabel,
    MatInput,
    MatSelect,
    MatOption,
    MatSlideToggle,
    Segments,
    ComparisonTable,
    MetricDetail,
    WindowInputs,
  ],
  templateUrl: './compare-page.html',
  styleUrl: './compare-page.scss',
})
export default class ComparePage {
  readonly #api = inject(ApiClient);
  readonly #compareApi = inject(CompareApi);
  readonly #router = inject(Router);
  readonly #route = inject(ActivatedRoute);
  readonly #clock = inject(TimeDisplay).clock;
  readonly #query = toSignal(this.#route.queryParamMap, { requireSync: true });
  protected readonly state = computed(() => readState(this.#query()));
  protected readonly hosts = signal<readonly string[] | null>(null);
  readonly #attempt = signal(0);
  /** What is asked of the server, as text, so that filters ask nothing. */
  readonly #question = computed(() => {
    const host = this.state().host;
    return host === null ? null : JSON.stringify(compareQuery(this.state(), host));
  });
  protected readonly reply = linkedSignal<string | null, CompareReply | null>({ source: this.#question, computation: () => null });
  protected readonly fault = signal<string | null>(null);
  readonly #catalogs = signal<readonly CatalogEntry[]>([]);
  protected readonly rows = computed(() => comparisonRows(this.reply()?.summary ?? [], this.#catalogs()));
  protected readonly counts = computed(() => countVerdicts(this.rows()));
  protected readonly shown = computed(() => sortRows(filterRows(this.rows(), this.state()), this.state()));
  protected readonly collectors = computed(() => [...new Set(this.rows().map(({ comparison }) => comparison.collector))].sort());
  protected readonly openRow = computed(() => this.rows().find(({ key }) => key === this.state().metric) ?? null);
  protected readonly windows = computed(() => {
    const reply = this.reply();
    return reply === null ? [] : [this.#windowLine('This period', reply.window_1), this.#windowLine('Against', reply.window_2)];
  });
  protected readonly chosenPeriod = computed<ComparePeriod | 'given'>(() =>
    this.state().windows === null ? this.state().period : 'given',
  );
  protected readonly periods = PERIODS;
  protected readonly against = AGAINST;
  protected readonly verdicts = VERDICTS.map((verdict) => ({ verdict, text: VERDICT_TEXTS[verdict] }));

  constructor() {
    effect((onCleanup) => {
      this.#attempt();
      this.fault.set(null);
      const request = this.#api.hosts().subscribe({
        next: ({ hosts }) => this.#adoptHosts(hosts.map(({ host }) => host)),
        error: (error: unknown) => this.fault.set(problemText(error)),
      });
      onCleanup(() => request.unsubscribe());
    });
    effect((onCleanup) => {
      this.#attempt();
      const host = this.state().host;
      if (this.#question() === null || host === null) return;
      this.fault.set(null);
      const calls = { reply: this.#compareApi.compare(compareQuery(this.state(), host)), catalog: this.#api.catalog(host) };
      const request = forkJoin(calls).subscribe({
        next: ({ reply, catalog }) => {
          this.#catalogs.set(catalog.collectors);
          this.reply.set(reply);
        },
        error: (error: unknown) => this.fault.set(problemText(error)),
      });
      onCleanup(() => request.unsubscribe());
    });
  }

  protected retry(): void {
    this.#attempt.update((attempt) => attempt + 1);
  }

  /** Puts a change into the address, from where it comes back; typing leaves no trail of entries behind. */
  protected change(change: Partial<CompareState>): void {
    const replaceUrl = 'text' in change;
    void this.#router.navigate([], { relativeTo: this.#route, queryParams: writeState({ ...this.state(), ...change }), replaceUrl });
  }

  protected choosePeriod(period: ComparePeriod | 'given'): void {
    const reply = this.reply();
    if (period !== 'given') this.change({ period, windows: null });
    else if (reply !== null) {
      const { window_1: one, window_2: two } = reply;
      this.change({ windows: { start1: one.start_time, end1: one.end_time, start2: two.start_time, end2: two.end_time } });
    }
  }

  protected sortBy(column: SortColumn): void {
    const { sort, isAscending } = this.state();
    this.change({ sort: column, isAscending: sort === column && !isAscending });
  }

  #adoptHosts(hosts: readonly string[]): void {
    this.hosts.set(hosts);
    const [first] = hosts;
    if (this.state().host !== null || first === undefined) return;
    void this.#router.navigate([], {
      relativeTo: this.#route,
      queryParams: writeState({ ...this.state(), host: first }),
      replaceUrl: true,
    });
  }

  #windowLine(name: string, { start_time: start, end_time: end, coverage_percent: covered }: CompareWindow) {
    const clock = this.#clock();
    return { name, covered, times: `${clock.moment(Date.parse(start))} – ${clock.moment(Date.parse(end))} ${clock.zone}` };
  }
}
