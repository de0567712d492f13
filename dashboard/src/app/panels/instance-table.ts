import { Component, computed, inject, input, signal, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { DimensionInfo } from '../catalog/describe.ts';
import { Sparkline } from '../charts/sparkline.ts';
import { Value } from '../controls/value.ts';
import { middleCut } from '../format/format.ts';
import { LiveStore } from '../live/live-store.ts';
import { cellOf, columnKey, columnsOf, columnValue, type Column } from './columns.ts';
import { inInstanceOrder, rowWindow } from './instance-order.ts';

/** Rows shown until all are asked for. */
const FIRST_ROWS = 12;
/** How often the busiest are chosen anew: a table whose rows jump with every tick cannot be read. */
const RANK_EVERY_MS = 5000;
/** Of the tokens `--row` and `--table-height`: the rows drawn are reckoned from them. */
const ROW_HEIGHT = 28;
const WHOLE_HEIGHT = 420;
const NAME = 'name';

/**
 * The instances of a dimension, a row each: all where they are few, else the busiest, with a filter. All of hundreds scroll in a box
 * of their own, where only the rows on the screen exist.
 */
@Component({
  selector: 'pw-instance-table',
  imports: [Value, Sparkline, MatButton],
  templateUrl: './instance-table.html',
  styleUrl: './instance-table.scss',
})
export class InstanceTable {
  readonly collector = input.required<string>();
  readonly dimension = input.required<DimensionInfo>();
  /** What to show; without it every metric of the dimension. */
  readonly columnSpecs = input<readonly Column[] | null>(null);
  /** Whether every figure has its line beside it, where the columns are not given. */
  readonly hasLines = input(true);
  /** Letters of a name that there is room for; the middle of a longer one is left out. */
  readonly nameLength = input(28);
  readonly #live = inject(LiveStore);
  protected readonly isWhole = signal(false);
  protected readonly filter = signal('');
  /** Key of the column clicked; null for the order of the collector, or the busiest where there are too many. */
  protected readonly sort = signal<{ key: string; isDescending: boolean } | null>(null);
  protected readonly scrollTop = signal(0);
  protected readonly columns = computed(() => this.columnSpecs() ?? columnsOf(this.dimension(), this.hasLines()));
  protected readonly headings = computed(() =>
    this.columns().map((column) => ({
      key: columnKey(column),
      title: column.title,
      isWide: column.isWide ?? false,
      help: this.dimension().metrics.find(({ name }) => name === column.metrics[0])?.help ?? '',
    })),
  );
  readonly #instances = computed(() => this.#live.instances(this.collector(), this.dimension().name), {
    equal: (a, b) => a.length === b.length && a.every((instance, index) => instance === b[index]),
  });
  protected readonly count = computed(() => this.#instances().length);
  protected readonly isLong = computed(() => this.count() > FIRST_ROWS);
  readonly #rankTick = computed(() => Math.floor(this.#live.range().toMs / RANK_EVERY_MS));
  protected readonly countText = computed(() => {
    const shown = `${this.isWhole() ? this.ordered().length : this.rows().length} of ${this.count()}`;
    const [first] = this.columns();
    return this.isWhole() || this.sort() !== null || first === undefined ? shown : `${shown}, highest ${first.title}`;
  });
  protected readonly ordered = computed(() => {
    this.#rankTick();
    const instances = this.#instances();
    const columns = this.columns();
    const sort = this.sort() ?? (this.isLong() && columns[0] !== undefined ? { key: columnKey(columns[0]), isDescending: true } : null);
    const column = columns.find((candidate) => columnKey(candidate) === sort?.key);
    const valueOf = (instance: string) => (column === undefined ? null : this.#value(column, instance));
    const by = sort === null ? null : sort.key === NAME ? NAME : valueOf;
    const filter = this.filter();
    return untracked(() => inInstanceOrder(instances, { filter, by, isDescending: sort?.isDescending ?? false }));
  });
  protected readonly window = computed(() => {
    const rowCount = this.ordered().length;
    if (!this.isWhole()) return { from: 0, to: Math.min(rowCount, FIRST_ROWS) };
    return rowWindow(rowCount, { scrollTop: this.scrollTop(), height: WHOLE_HEIGHT, rowHeight: ROW_HEIGHT });
  });
  protected readonly spaces = computed(() => {
    const { from, to } = this.window();
    return { before: from * ROW_HEIGHT, behind: this.isWhole() ? (this.ordered().length - to) * ROW_HEIGHT : 0 };
  });
  protected readonly rows = computed(() => {
    const { from, to } = this.window();
    const sampleReason = this.#live.latest(this.collector())?.reason ?? null;
    const dimension = this.dimension();
    return this.ordered()
      .slice(from, to)
      .map((instance, index) => ({
        instance,
        position: from + index + 2,
        label: middleCut(instance, this.nameLength()),
        cells: this.columns().map((column) =>
          cellOf(column, { dimension, instance, sampleReason, read: (path) => this.#live.value(this.collector(), path) }),
        ),
      }));
  });

  protected sortBy(key: string): void {
    const isFirst = this.sort()?.key !== key;
    const wasDescending = this.sort()?.isDescending ?? false;
    this.sort.set({ key, isDescending: isFirst ? key !== NAME : !wasDescending });
  }

  protected sortState(key: string): 'ascending' | 'descending' | null {
    const sort = this.sort();
    if (sort?.key !== key) return null;
    return sort.isDescending ? 'descending' : 'ascending';
  }

  #value(column: Column, instance: string): number | null {
    return columnValue(column, (metric) => this.#live.value(this.collector(), { dimension: this.dimension().name, instance, metric }));
  }
}
