import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatSuffix } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatSlideToggle } from '@angular/material/slide-toggle';
import type { RetentionDeletion, RetentionPolicy, RetentionReply } from '@perfwatch/contract';
import { catchError, debounceTime, map, of, switchMap, tap } from 'rxjs';
import { problemText } from '../../../api/problem-text.ts';
import { RetentionApi } from '../../../api/retention-api.ts';
import { Segments } from '../../../controls/segments.ts';
import { Notice } from '../notice.ts';
import { SettingRow } from '../setting-row.ts';
import { deletionLines, policyChange, policyFaults, type PolicyDraft } from './policy.ts';

const TYPING_PAUSE_MS = 400;

/** The policy, what is wrong with what is typed, and what it would delete before it is saved. */
@Component({
  selector: 'pw-policy-form',
  imports: [FormsModule, MatButton, MatFormField, MatInput, MatSuffix, MatSlideToggle, Notice, Segments, SettingRow],
  templateUrl: './policy-form.html',
  styleUrls: ['../controls.scss', './policy-form.scss'],
})
export class PolicyForm {
  readonly policy = input.required<RetentionPolicy>();
  readonly isAdmin = input.required<boolean>();
  readonly moment = input.required<(timeMs: number) => string>();
  readonly saved = output<RetentionReply>();
  readonly #api = inject(RetentionApi);
  protected readonly steps = [
    { value: '1m' as const, label: 'Minute' },
    { value: '1h' as const, label: 'Hour' },
  ];
  protected readonly rawDays = linkedSignal<number | null>(() => this.policy().downsample_after_days);
  protected readonly allDays = linkedSignal<number | null>(() => this.policy().retention_days);
  protected readonly step = linkedSignal(() => this.policy().downsample_interval);
  protected readonly archives = linkedSignal(() => this.policy().archive_enabled);
  readonly #draft = computed<PolicyDraft>(() => ({
    downsample_after_days: this.rawDays(),
    retention_days: this.allDays(),
    downsample_interval: this.step(),
    archive_enabled: this.archives(),
  }));
  protected readonly faults = computed(() => policyFaults(this.#draft()));
  protected readonly change = computed(() => policyChange(this.policy(), this.#draft()));
  protected readonly isSaving = signal(false);
  protected readonly fault = signal<string | null>(null);
  /** What the draft would delete; null while it is not known. */
  readonly #wouldDelete = signal<RetentionDeletion | null>(null);
  protected readonly wouldDelete = computed(() => {
    const deletion = this.#wouldDelete();
    return deletion === null ? null : deletionLines(deletion, this.moment());
  });

  constructor() {
    toObservable(this.change)
      .pipe(
        tap(() => this.#wouldDelete.set(null)),
        debounceTime(TYPING_PAUSE_MS),
        switchMap((change) =>
          change === null
            ? of(null)
            : this.#api.update({ ...change, dry_run: true }).pipe(
                map(({ will_delete: deletion }) => deletion),
                catchError((error: unknown) => {
                  this.fault.set(problemText(error));
                  return of(null);
                }),
              ),
        ),
        takeUntilDestroyed(),
      )
      .subscribe((deletion) => this.#wouldDelete.set(deletion));
  }

  protected save(): void {
    const change = this.change();
    if (change === null) return;
    this.isSaving.set(true);
    this.fault.set(null);
    this.#api.update(change).subscribe({
      next: (report) => {
        this.isSaving.set(false);
        this.saved.emit(report);
      },
      error: (error: unknown) => {
        this.isSaving.set(false);
        this.fault.set(problemText(error));
      },
    });
  }

  protected undo(): void {
    const policy = this.policy();
    this.rawDays.set(policy.downsample_after_days);
    this.allDays.set(policy.retention_days);
    this.step.set(policy.downsample_interval);
    this.archives.set(policy.archive_enabled);
    this.fault.set(null);
  }
}
