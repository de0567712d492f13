import { Component, computed, ElementRef, inject, input, linkedSignal, output, viewChild } from '@angular/core';
import { BreakpointObserver } from '@angular/cdk/layout';
import { CdkFixedSizeVirtualScroll, CdkVirtualForOf, CdkVirtualScrollViewport } from '@angular/cdk/scrolling';
import { toSignal } from '@angular/core/rxjs-interop';
import type { Unit } from '@perfwatch/contract';
import { map } from 'rxjs';
import { figureText, middleCut, UNKNOWN } from '../../format/format.ts';
import type { ComparisonRow } from './comparison-rows.ts';
import type { CompareState, SortColumn } from './compare-state.ts';
import { EffectBar } from './effect-bar.ts';
import { effectLimit, effectTicks } from './effect-scale.ts';
import { absenceReason, changeReason, changeText, VERDICT_TEXTS, verdictReason } from './verdict.ts';

const COLUMNS: readonly { column: SortColumn; title: string; help: string }[] = [
  { column: 'rank', title: 'Rank', help: 'What changed most for sure first' },
  { column: 'metric', title: 'Metric', help: '' },
  { column: 'collector', title: 'Collector', help: '' },
  { column: 'before', title: 'Before', help: 'Mean of the window it is held against' },
  { column: 'after', title: 'This period', help: 'Mean of the window looked at' },
  { column: 'change', title: 'Change', help: 'Of the mean, in percent of what it was before' },
  {
    column: 'effect',
    title: 'Effect',
    help: 'Difference of the means in standard deviations, with its 95 % confidence interval as a line; 0 is no change',
  },
  { column: 'verdict', title: 'Verdict', help: 'Higher or lower where the interval leaves out 0' },
];
const ROW_PX = 36;
const CARD_PX = 96;
const LONGEST_TITLE = 60;
const VERDICT_MARKS = { higher: '▲', lower: '▼', no_clear_change: '≈', unknown: '?' } as const;

/** Metrics of a comparison, a row each, of which only those on the screen exist. Arrow keys move between rows. */
@Component({
  selector: 'pw-comparison-table',
  imports: [CdkVirtualScrollViewport, CdkFixedSizeVirtualScroll, CdkVirtualForOf, EffectBar],
  templateUrl: './comparison-table.html',
  styleUrl: './comparison-table.scss',
})
export class ComparisonTable {
  readonly rows = input.required<readonly ComparisonRow[]>();
  readonly sorting = input.required<Pick<CompareState, 'sort' | 'isAscending'>>();
  /** Key of the row whose chart is open. */
  readonly opened = input<string | null>(null);
  readonly open = output<string>();
  readonly sortBy = output<SortColumn>();
  protected readonly columns = COLUMNS;
  protected readonly viewport = viewChild.required(CdkVirtualScrollViewport);
  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  readonly #isNarrow = toSignal(
    inject(BreakpointObserver)
      .observe('(max-width: 700px)')
      .pipe(map(({ matches }) => matches)),
    { initialValue: false },
  );
  protected readonly rowPx = computed(() => (this.#isNarrow() ? CARD_PX : ROW_PX));
  protected readonly limit = computed(() => effectLimit(this.rows().map(({ comparison }) => comparison)));
  protected readonly ticks = computed(() => effectTicks(this.limit()));
  protected readonly unknown = UNKNOWN;
  /** The row that the Tab key reaches. */
  protected readonly active = linkedSignal({ source: this.rows, computation: () => 0 });
  protected readonly lines = computed(() =>
    this.rows().map((row) => {
      const { comparison, unit, title } = row;
      return {
        key: row.key,
        title: middleCut(title, LONGEST_TITLE),
        about: [title, row.key, row.help].filter(Boolean).join('\n'),
        rank: row.rank + 1,
        comparison,
        figures: [
          { column: 'before', ...mean(comparison.window_2.avg, unit, absenceReason('before')) },
          { column: 'after', ...mean(comparison.window_1.avg, unit, absenceReason('this')) },
          { column: 'change', text: changeText(comparison.change_percent), about: changeReason(comparison, unit) },
        ],
        verdict: VERDICT_TEXTS[comparison.verdict],
        mark: VERDICT_MARKS[comparison.verdict],
        reason: verdictReason(comparison),
      };
    }),
  );
  protected readonly keyOf = (_: number, { key }: { key: string }) => key;

  protected ariaSort(column: SortColumn): 'ascending' | 'descending' | null {
    const { sort, isAscending } = this.sorting();
    return sort !== column ? null : isAscending ? 'ascending' : 'descending';
  }

  protected arrow(column: SortColumn): string {
    const { sort, isAscending } = this.sorting();
    return sort !== column ? '' : isAscending ? ' ↑' : ' ↓';
  }

  protected move(event: KeyboardEvent, index: number): void {
    const last = this.rows().length - 1;
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: last }[event.key];
    if (target === undefined || target < 0 || target > last) return;
    event.preventDefault();
    this.active.set(target);
    const { start, end } = this.viewport().getRenderedRange();
    if (target < start || target >= end) this.viewport().scrollToIndex(target);
    // The row may not be drawn before the list has scrolled there.
    requestAnimationFrame(() => requestAnimationFrame(() => this.#element.querySelector<HTMLElement>(`[data-index="${target}"]`)?.focus()));
  }
}

/** A mean as text, or null and why there is none. */
function mean(value: number | null, unit: Unit | null, absence: string): { text: string | null; about: string } {
  return value === null ? { text: null, about: absence } : { text: figureText(value, unit), about: '' };
}
