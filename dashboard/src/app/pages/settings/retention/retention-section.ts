import { Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import type { RetentionReply, RetentionRun } from '@perfwatch/contract';
import { problemText } from '../../../api/problem-text.ts';
import { RetentionApi } from '../../../api/retention-api.ts';
import { Value } from '../../../controls/value.ts';
import { TimeDisplay } from '../../../preferences/time-display.ts';
import { SessionStore } from '../../../session/session-store.ts';
import { Card } from '../card.ts';
import { Loading } from '../loading.ts';
import { Notice } from '../notice.ts';
import { deletionLines, runLines } from './policy.ts';
import { PolicyForm } from './policy-form.ts';
import { RetentionPicture } from './retention-picture.ts';

/** What history takes on disk, what is kept for how long, and the runs that see to it. */
@Component({
  selector: 'pw-retention-section',
  imports: [MatButton, Card, Loading, Notice, PolicyForm, RetentionPicture, Value],
  templateUrl: './retention-section.html',
  styleUrls: ['../controls.scss', '../figure-list.scss', './retention-section.scss'],
})
export default class RetentionSection {
  readonly #api = inject(RetentionApi);
  readonly #destroyRef = inject(DestroyRef);
  readonly #clock = inject(TimeDisplay).clock;
  protected readonly isAdmin = inject(SessionStore).isAdmin;
  protected readonly report = signal<RetentionReply | null>(null);
  protected readonly fault = signal<string | null>(null);
  protected readonly runFault = signal<string | null>(null);
  protected readonly isRunning = signal(false);
  protected readonly moment = (timeMs: number) => this.#clock().moment(timeMs);
  protected readonly nextDeletes = computed(() => {
    const report = this.report();
    return report === null ? [] : deletionLines(report.will_delete, this.moment);
  });

  constructor() {
    this.load();
  }

  protected load(): void {
    this.fault.set(null);
    this.#api
      .report()
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({ next: (report) => this.report.set(report), error: (error: unknown) => this.fault.set(problemText(error)) });
  }

  protected runNow(): void {
    this.isRunning.set(true);
    this.runFault.set(null);
    this.#api
      .run()
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({
        next: () => {
          this.isRunning.set(false);
          this.load();
        },
        error: (error: unknown) => {
          this.isRunning.set(false);
          this.runFault.set(problemText(error));
        },
      });
  }

  protected time(iso: string | null): string {
    return iso === null ? '–' : this.moment(Date.parse(iso));
  }

  protected runText(run: RetentionRun): string {
    const tookMs = Date.parse(run.finished_at) - Date.parse(run.started_at);
    const rest = run.finished ? '' : '; there is more to do, the next run goes on';
    return `${this.time(run.started_at)}, ${tookMs < 1000 ? `${tookMs} ms` : `${(tookMs / 1000).toFixed(1)} s`}${rest}`;
  }

  protected readonly runLines = runLines;
}
