import { Component, computed, inject, type Injector, signal } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialog,
  MatDialogActions,
  MatDialogClose,
  MatDialogConfig,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';
import type { AnnotationRecord } from '@perfwatch/contract';
import { HistoryApi } from '../api/history-api.ts';
import { problemText } from '../api/problem-text.ts';
import { Icon } from '../controls/icon.ts';
import { TimeDisplay } from '../preferences/time-display.ts';
import { SessionStore } from '../session/session-store.ts';

/** Marks to be read, and what to do when one has been removed. */
export interface ShownMarks {
  marks: readonly AnnotationRecord[];
  removed: (id: string) => void;
}

/** What marks say in full; administrators can remove them. */
@Component({
  selector: 'pw-mark-list-dialog',
  imports: [MatButton, MatIconButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle, Icon],
  template: `
    <h2 matDialogTitle>Marks</h2>
    <mat-dialog-content>
      <ul>
        @for (row of rows(); track row.mark.id) {
          <li data-testid="mark-entry">
            <div>
              <time>{{ row.when }}</time>
              <b>{{ row.mark.title }}</b>
              @if (row.mark.text !== null) {
                <p>{{ row.mark.text }}</p>
              }
              @if (row.mark.tags.length > 0) {
                <small>{{ row.mark.tags.join(' · ') }}</small>
              }
            </div>
            @if (session.isAdmin()) {
              <button
                matIconButton
                data-testid="mark-remove"
                [attr.aria-label]="'Remove the mark ' + row.mark.title"
                (click)="remove(row.mark)"
              >
                <pw-icon name="trash" />
              </button>
            }
          </li>
        } @empty {
          <li>There are no marks left.</li>
        }
      </ul>
      @if (fault(); as problem) {
        <p class="bad" role="alert">{{ problem }}</p>
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end"><button matButton matDialogClose>Close</button></mat-dialog-actions>
  `,
  styles: `
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      gap: var(--space-3);
      align-items: start;
      padding: var(--space-2) 0;
      overflow-wrap: anywhere;
    }
    div {
      flex: 1;
      min-width: 0;
    }
    time,
    small {
      display: block;
      color: var(--muted);
      font-size: var(--text-sm);
    }
    b {
      color: var(--text);
      font-weight: var(--weight-strong);
    }
    p {
      white-space: pre-line;
    }
    .bad {
      color: var(--bad);
    }
  `,
})
class MarkListDialog {
  readonly #api = inject(HistoryApi);
  readonly #data = inject<ShownMarks>(MAT_DIALOG_DATA);
  readonly #clock = inject(TimeDisplay).clock;
  readonly #marks = signal(this.#data.marks);
  protected readonly session = inject(SessionStore);
  protected readonly fault = signal<string | null>(null);
  protected readonly rows = computed(() =>
    this.#marks().map((mark) => ({
      mark,
      when: [mark.ts, mark.end_ts].flatMap((time) => (time === null ? [] : this.#clock().moment(Date.parse(time)))).join(' to '),
    })),
  );

  protected remove({ id }: AnnotationRecord): void {
    this.fault.set(null);
    this.#api.removeAnnotation(id).subscribe({
      next: () => {
        this.#marks.update((marks) => marks.filter((mark) => mark.id !== id));
        this.#data.removed(id);
      },
      error: (error: unknown) => this.fault.set(problemText(error)),
    });
  }
}

/** Shows marks in full. */
export function openMarkListDialog(injector: Injector, data: ShownMarks): void {
  injector
    .get(MatDialog)
    .open<MarkListDialog, ShownMarks>(MarkListDialog, Object.assign(new MatDialogConfig<ShownMarks>(), { data, width: 'var(--dialog)' }));
}
