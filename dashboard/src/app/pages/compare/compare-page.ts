import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';
import { MatSlideToggle } from '@angular/material/slide-toggle';
import type { ComparePeriod, CompareTo, CompareWindow } from '@perfwatch/contract';
import { rangeWords } from '../../charts/time-chart/range-words.ts';
import { Icon } from '../../controls/icon.ts';
import { Segments, type Segment } from '../../controls/segments.ts';
import { figureText } from '../../format/format.ts';
import { LiveConnection } from '../../live/live-connection.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';
import { comparisonRows, countVerdicts, filterRows, sortRows } from './comparison-rows.ts';
import { ComparisonTable } from './comparison-table.ts';
import { isAscendingFirst, VERDICTS, windowsAt, type CompareState, type SortColumn } from './compare-state.ts';
import { CompareStore } from './compare-store.ts';
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
    Icon,
    Segments,
    ComparisonTable,
    MetricDetail,
    WindowInputs,
  ],
  providers: [CompareStore, LiveConnection],
  templateUrl: './compare-page.html',
  styleUrl: './compare-page.scss',
})
export default class ComparePage {
  protected readonly store = inject(CompareStore);
  readonly #clock = inject(TimeDisplay).clock;
  protected readonly state = this.store.state;
  protected readonly rows = computed(() => comparisonRows(this.store.reply()?.summary ?? [], this.store.catalogs()));
  protected readonly counts = computed(() => countVerdicts(this.rows()));
  protected readonly shown = computed(() => sortRows(filterRows(this.rows(), this.state()), this.state()));
  protected readonly collectors = computed(() => [...new Set(this.rows().map(({ comparison }) => comparison.collector))].sort());
  protected readonly openRow = computed(() => this.rows().find(({ key }) => key === this.state().metric) ?? null);
  protected readonly windows = computed(() => {
    const reply = this.store.reply();
    return reply === null ? [] : [this.#windowLine('This period', reply.window_1), this.#windowLine('Before', reply.window_2)];
  });
  protected readonly chosenPeriod = computed<ComparePeriod | 'given'>(() =>
    this.state().windows === null ? this.state().period : 'given',
  );
  protected readonly periods = PERIODS;
  protected readonly against = AGAINST;
  protected readonly verdicts = VERDICTS.map((verdict) => ({ verdict, text: VERDICT_TEXTS[verdict] }));

  /** The host shown is one of the choices before all are known, and when it is known no longer. */
  protected readonly hostChoices = computed(() => {
    const { host } = this.state();
    const hosts = this.store.hosts() ?? [];
    return host === null || hosts.includes(host) ? hosts : [host, ...hosts];
  });

  protected showAll(): void {
    this.store.change({ text: '', collector: null, verdict: null, isChangedOnly: false });
  }

  /** Typing leaves no trail of entries behind. */
  protected change(change: Partial<CompareState>): void {
    this.store.change(change, { replaces: 'text' in change });
  }

  /** Times of one's own begin with those that are shown, or would be. */
  protected choosePeriod(period: ComparePeriod | 'given'): void {
    if (period !== 'given') {
      this.change({ period, windows: null });
      return;
    }
    const reply = this.store.reply();
    const [one, two] = [reply?.window_1, reply?.window_2];
    if (one === undefined || two === undefined) this.change({ windows: windowsAt(this.state(), Date.now()) });
    else this.change({ windows: { start1: one.start_time, end1: one.end_time, start2: two.start_time, end2: two.end_time } });
  }

  protected sortBy(column: SortColumn): void {
    const { sort, isAscending } = this.state();
    this.change({ sort: column, isAscending: sort === column ? !isAscending : isAscendingFirst(column) });
  }

  #windowLine(name: string, { start_time: start, end_time: end, coverage_percent: covered }: CompareWindow) {
    const clock = this.#clock();
    const range = { fromMs: Date.parse(start), toMs: Date.parse(end) };
    return { name, covered: figureText(covered, 'percent'), times: `${rangeWords(range, clock)} ${clock.zone}` };
  }
}
