import { CdkVirtualForOf, CdkVirtualScrollableWindow, CdkVirtualScrollViewport, VIRTUAL_SCROLL_STRATEGY } from '@angular/cdk/scrolling';
import { Component, computed, DOCUMENT, effect, inject, input, output, signal, untracked, viewChild } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { EMPTY, switchMap } from 'rxjs';
import { elementSize } from '../../charts/visible.ts';
import { FleetStore } from '../../fleet/fleet-store.ts';
import type { HostsLayout } from '../../fleet/fleet-view.ts';
import type { HostEntry } from '../../fleet/host-entry.ts';
import { hostLines, type HostLine } from '../../fleet/host-lines.ts';
import { HostCard } from './host-card.ts';
import { KnownHeights } from './known-heights.ts';
import { LineOffsets } from './line-offsets.ts';
import { fromMiddle } from './from-middle.ts';

/** From this width on rows are rows; below they are cards. */
const ROWS_FROM_PX = 640;

/** The hosts, as many of them in the page as can be seen and a few more; only those send their Samples. */
@Component({
  selector: 'pw-host-list',
  imports: [CdkVirtualForOf, CdkVirtualScrollableWindow, CdkVirtualScrollViewport, HostCard],
  providers: [KnownHeights, { provide: VIRTUAL_SCROLL_STRATEGY, useExisting: KnownHeights }],
  template: `
    <cdk-virtual-scroll-viewport scrollWindow>
      <div aria-hidden="true" [style.height.px]="offsets().total"></div>
      <ng-container *cdkVirtualFor="let line of lines(); let index = index; trackBy: keyOf">
        @if (line.kind === 'group') {
          <h2 [style.top.px]="offsets().at(index)" [attr.data-testid]="'group-' + line.title">
            {{ line.title }} <small>{{ line.count }} {{ line.count === 1 ? 'host' : 'hosts' }}</small>
            @if (line.stale > 0) {
              <small class="stale">{{ line.stale }} stale</small>
            }
          </h2>
        } @else {
          <div class="line" [class]="layout()" [style.top.px]="offsets().at(index)">
            @for (entry of line.entries; track $index) {
              <pw-host-card [entry]="entry" [layout]="layout()" />
            }
          </div>
        }
      </ng-container>
    </cdk-virtual-scroll-viewport>
  `,
  styleUrl: './host-list.scss',
  host: { '[style.--columns]': 'columns()', '(focusin)': 'focused.emit(true)', '(focusout)': 'focused.emit(false)' },
})
export class HostList {
  readonly entries = input.required<readonly HostEntry[]>();
  readonly tag = input.required<string | null>();
  readonly layout = input.required<HostsLayout>();
  /** Whether someone is at one of the hosts with the keyboard. */
  readonly focused = output<boolean>();
  protected readonly viewport = viewChild(CdkVirtualScrollViewport);
  readonly #fleet = inject(FleetStore);
  readonly #heights = inject(KnownHeights);
  readonly #size = elementSize();
  readonly #pixels = tokenPixels(inject(DOCUMENT));
  protected readonly columns = computed(() => {
    if (this.layout() === 'rows') return 1;
    const gap = this.#pixels('--space-3');
    return Math.max(1, Math.floor((this.#size().width + gap) / (this.#pixels('--host-tile') + gap)));
  });
  protected readonly lines = computed(() => hostLines(this.entries(), { tag: this.tag(), columns: this.columns() }));
  protected readonly offsets = computed(() => {
    const row = this.#size().width < ROWS_FROM_PX ? '--host-card-height' : '--host-row-height';
    const [group, hosts] = [this.#pixels('--host-group-height'), this.#pixels(this.layout() === 'rows' ? row : '--host-tile-height')];
    return new LineOffsets(this.lines().map(({ kind }) => (kind === 'group' ? group : hosts)));
  });
  readonly #range = signal({ start: 0, end: 0 });
  /** The hosts in the page. */
  readonly #shown = computed(
    () => {
      const { start, end } = this.#range();
      const lines = this.lines().slice(start, end);
      return fromMiddle(lines).flatMap((line) => (line.kind === 'group' ? [] : line.entries.map(({ host }) => host)));
    },
    { equal: (a, b) => a.join() === b.join() },
  );

  constructor() {
    effect(() => this.#heights.setLines(this.offsets()));
    effect(() => {
      const hosts = this.#shown();
      untracked(() => this.#fleet.look(hosts));
    });
    toObservable(this.viewport)
      .pipe(
        switchMap((viewport) => viewport?.renderedRangeStream ?? EMPTY),
        takeUntilDestroyed(),
      )
      .subscribe((range) => this.#range.set(range));
  }

  protected keyOf(_index: number, line: HostLine): string {
    return line.key;
  }
}

/** Reads sizes of the tokens file, which the list is laid out by. */
function tokenPixels({ documentElement }: Document): (token: string) => number {
  const style = getComputedStyle(documentElement);
  return (token) => Number.parseFloat(style.getPropertyValue(token));
}
