import { Component, computed, inject, input, output } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatTooltip } from '@angular/material/tooltip';
import type { AnnotationRecord } from '@perfwatch/contract';
import { rangeWords } from '../../charts/time-chart/range-words.ts';
import { Icon } from '../../controls/icon.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';
import { SessionStore } from '../../session/session-store.ts';

/** The marks within the range, as a table: when, what, on which host. */
@Component({
  selector: 'pw-mark-list',
  imports: [MatIconButton, MatTooltip, Icon],
  template: `
    <h2>Marks</h2>
    <ul>
      @for (row of rows(); track row.mark.id) {
        <li data-testid="mark-row" [class.lit]="row.mark.id === lit()">
          <button type="button" class="when" matTooltip="Show the time around it" (click)="shown.emit(row.mark)">{{ row.when }}</button>
          <span>
            <b>{{ row.mark.title }}</b>
            @if (row.mark.text !== null) {
              {{ row.mark.text }}
            }
          </span>
          <small>{{ row.about }}</small>
          @if (session.isAdmin()) {
            <button
              matIconButton
              matTooltip="Remove this mark"
              [attr.aria-label]="'Remove the mark ' + row.mark.title"
              data-testid="remove-mark"
              (click)="removed.emit(row.mark)"
            >
              <pw-icon name="trash" />
            </button>
          }
        </li>
      }
    </ul>
  `,
  styles: `
    :host {
      display: block;
      padding: var(--space-3);
      border: var(--hairline) solid var(--line);
      border-radius: var(--radius);
      background: var(--surface);
    }
    h2 {
      font-size: var(--text-md);
      font-weight: var(--weight-title);
    }
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      gap: 0 var(--space-3);
      align-items: center;
      min-height: var(--touch);
      border-top: var(--hairline) solid var(--line);
      overflow-wrap: anywhere;
    }
    li:first-child {
      border-top: 0;
    }
    .lit {
      background: var(--raised);
    }
    span {
      flex: 1 1 var(--column);
      color: var(--muted);
    }
    b {
      color: var(--text);
      font-weight: var(--weight-strong);
    }
    small {
      color: var(--muted);
      font-size: var(--text-sm);
    }
    .when {
      min-height: var(--control);
      padding: 0;
      border: 0;
      background: none;
      color: var(--accent);
      font: inherit;
      text-align: left;
      cursor: pointer;
    }
    @media (pointer: coarse) {
      button {
        --mat-icon-button-state-layer-size: var(--touch);

        min-height: var(--touch);
      }
    }
  `,
})
export class MarkList {
  readonly marks = input.required<readonly AnnotationRecord[]>();
  /** The mark that was clicked on a chart. */
  readonly lit = input<string | null>(null);
  readonly shown = output<AnnotationRecord>();
  readonly removed = output<AnnotationRecord>();
  protected readonly session = inject(SessionStore);
  readonly #clock = inject(TimeDisplay).clock;
  protected readonly rows = computed(() =>
    this.marks().map((mark) => ({
      mark,
      when: this.#when(mark),
      about: [mark.host ?? 'every host', ...mark.tags].join(' · '),
    })),
  );

  #when({ ts, end_ts: endTs }: AnnotationRecord): string {
    const clock = this.#clock();
    const fromMs = Date.parse(ts);
    return endTs === null ? clock.moment(fromMs) : rangeWords({ fromMs, toMs: Date.parse(endTs) }, clock);
  }
}
