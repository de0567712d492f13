import { Component, computed, DestroyRef, inject, type Injector, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialog,
  MatDialogActions,
  MatDialogClose,
  MatDialogConfig,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';
import type { AnnotationRecord } from '@perfwatch/contract';
import { firstValueFrom } from 'rxjs';
import { HistoryApi } from '../api/history-api.ts';
import { problemText } from '../api/problem-text.ts';
import { typedMoment } from '../format/range-text.ts';
import { PreferencesStore } from '../preferences/preferences-store.ts';
import { TimeDisplay } from '../preferences/time-display.ts';
import { markTimes } from './mark-times.ts';
import type { NewMark } from './open-add-mark.ts';

/** Asks what happened, and when. */
@Component({
  selector: 'pw-add-mark-dialog',
  imports: [
    FormsModule,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    MatOption,
    MatSelect,
  ],
  templateUrl: './add-mark-dialog.html',
  styles: `
    mat-dialog-content {
      display: grid;
      gap: var(--space-3);
      padding-top: var(--space-2);
    }
    .bad {
      color: var(--bad);
    }
  `,
})
class AddMarkDialog {
  readonly #api = inject(HistoryApi);
  readonly #dialog = inject<MatDialogRef<AddMarkDialog, AnnotationRecord>>(MatDialogRef);
  readonly #destroyRef = inject(DestroyRef);
  readonly #zone = inject(PreferencesStore).timeZone;
  protected readonly data = inject<NewMark>(MAT_DIALOG_DATA);
  protected readonly clock = inject(TimeDisplay).clock;
  protected readonly title = signal('');
  protected readonly text = signal('');
  protected readonly tags = signal('');
  protected readonly hosts = this.data.hosts ?? [this.data.host];
  protected readonly host = signal(this.data.host);
  protected readonly fields = [
    { name: 'time', label: 'Time' },
    { name: 'until', label: 'Until' },
  ] as const;
  protected readonly typed = { time: signal(typedMoment(this.data.tsMs, this.#zone(), ' ')), until: signal('') };
  protected readonly isSending = signal(false);
  protected readonly fault = signal<string | null>(null);
  readonly #times = computed(() =>
    markTimes({ time: this.typed.time(), until: this.typed.until() }, { zone: this.#zone(), nowMs: Date.now() }),
  );
  /** The field that cannot be read, and why; null when both can. */
  protected readonly timeFault = computed(() => {
    const times = this.#times();
    return 'fault' in times ? times.fault : null;
  });

  protected send(): void {
    const times = this.#times();
    if (this.title().trim() === '' || 'fault' in times || this.isSending()) return;
    this.isSending.set(true);
    this.fault.set(null);
    this.#api
      .addAnnotation({
        host: this.host(),
        ts: new Date(times.tsMs).toISOString(),
        ...(times.endMs === null ? {} : { end_ts: new Date(times.endMs).toISOString() }),
        title: this.title().trim(),
        ...(this.text().trim() === '' ? {} : { text: this.text().trim() }),
        tags: tagsOf(this.tags()),
      })
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({
        next: (mark) => this.#dialog.close(mark),
        error: (error: unknown) => {
          this.isSending.set(false);
          this.fault.set(problemText(error));
        },
      });
  }
}

/** Tags as they are typed: separated by commas, each once. */
function tagsOf(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

/** Opens the dialog of a new mark; see `openAddMark`. */
export function openAddMarkDialog(injector: Injector, data: NewMark): Promise<AnnotationRecord | undefined> {
  const dialog = injector
    .get(MatDialog)
    .open<AddMarkDialog, NewMark, AnnotationRecord>(
      AddMarkDialog,
      Object.assign(new MatDialogConfig<NewMark>(), { data, width: 'var(--dialog)' }),
    );
  return firstValueFrom(dialog.afterClosed());
}
