import { Component, computed, inject, Injector, input } from '@angular/core';
import type { AnnotationRecord } from '@perfwatch/contract';
import { LiveStore } from '../live/live-store.ts';
import { TimeDisplay } from '../preferences/time-display.ts';
import { AnnotationsStore } from './annotations-store.ts';
import { markStacks } from './mark-stacks.ts';

/**
 * The marks of the host as thin lines over a chart; a click shows what they say. For the pointer alone: the same marks are in the
 * list in the page's header.
 */
@Component({
  selector: 'pw-mark-lines',
  template: `@for (line of lines(); track line.key) {
    <button
      type="button"
      tabindex="-1"
      aria-hidden="true"
      data-testid="mark-line"
      [style.left.%]="line.left"
      [title]="line.text"
      (pointerdown)="$event.stopPropagation()"
      (click)="open(line.marks)"
    >
      @if (line.marks.length > 1) {
        <b>{{ line.marks.length }}</b>
      }
    </button>
  }`,
  styles: `
    :host {
      position: absolute;
      z-index: 1;
      inset: 0;
      pointer-events: none;
    }
    button {
      position: absolute;
      top: 0;
      bottom: 0;
      width: var(--swatch);
      margin-left: calc(var(--swatch) / -2);
      padding: 0;
      border: 0;
      background: linear-gradient(var(--series-pink), var(--series-pink)) center / var(--hairline) 100% no-repeat;
      cursor: pointer;
      pointer-events: auto;
    }
    button::before {
      position: absolute;
      top: 0;
      left: 0;
      border: calc(var(--swatch) / 2) solid transparent;
      border-top-color: var(--series-pink);
      border-bottom: 0;
      content: '';
    }
    b {
      position: absolute;
      top: 0;
      left: var(--swatch);
      color: var(--series-pink);
      font-size: var(--text-xs);
      line-height: 1;
    }
  `,
  host: { '[style.left.px]': 'left()', '[style.right.px]': 'right()', '[style.bottom.px]': 'bottom()', '[style.top.px]': 'top()' },
})
export class MarkLines {
  /** Distances from the chart's edges to its plot, in CSS pixels. */
  readonly left = input(0);
  readonly right = input(0);
  readonly top = input(0);
  readonly bottom = input(0);
  readonly #injector = inject(Injector);
  readonly #live = inject(LiveStore);
  readonly #store = inject(AnnotationsStore);
  readonly #clock = inject(TimeDisplay).clock;
  protected readonly lines = computed(() => {
    const marks = this.#store.shown();
    if (marks.length === 0) return [];
    return markStacks(marks, this.#live.range()).map((stack) => ({
      ...stack,
      text: stack.marks.map(({ ts, title }) => `${this.#clock().seconds(Date.parse(ts))} ${title}`).join('\n'),
    }));
  });

  protected open(marks: readonly AnnotationRecord[]): void {
    void import('./mark-list-dialog.ts').then(({ openMarkListDialog }) =>
      openMarkListDialog(this.#injector, { marks, removed: (id) => this.#store.drop(id) }),
    );
  }
}
