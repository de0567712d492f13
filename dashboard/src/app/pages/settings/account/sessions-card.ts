import { Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import type { SessionRecord } from '@perfwatch/contract';
import { problemText } from '../../../api/problem-text.ts';
import { SettingsApi } from '../../../api/settings-api.ts';
import { TimeDisplay } from '../../../preferences/time-display.ts';
import { Card } from '../card.ts';
import { ConfirmButton } from '../confirm-button.ts';
import { Loading } from '../loading.ts';
import { Notice } from '../notice.ts';
import { SettingRow } from '../setting-row.ts';
import { sessionDetails, sessionName } from './session-words.ts';

/** More are shown when asked for: a script may log in again and again. */
const SHOWN_AT_FIRST = 8;

/** Where one is logged in, and the way out of each. */
@Component({
  selector: 'pw-sessions-card',
  imports: [MatButton, Card, ConfirmButton, Loading, Notice, SettingRow],
  template: `
    <pw-card
      title="Sessions"
      about="Where you are logged in. A browser stays so for a month, a week of it unused; a program that sent your password for a day."
    >
      @if (fault(); as text) {
        <pw-notice [text]="text" [canRetry]="true" (retry)="load()" />
      }
      @for (session of shown(); track session.id) {
        <pw-setting [label]="name(session)" [labelId]="'session-' + session.id" data-testid="session">
          <small about class="hint">{{ details(session) }}</small>
          @if (session.is_current) {
            <span class="hint" data-testid="session-current">This session</span>
          } @else {
            <pw-confirm-button
              action="End"
              question="Whoever uses it logs in again."
              [subject]="name(session)"
              [testId]="'end-session-' + session.id"
              (confirmed)="end(session)"
            />
          }
        </pw-setting>
      } @empty {
        @if (fault() === null) {
          <pw-loading />
        }
      }
      @if (more() > 0) {
        <div class="actions">
          <button matButton data-testid="all-sessions" (click)="showsAll.set(true)">Show {{ more() }} more</button>
        </div>
      }
    </pw-card>
  `,
  styleUrl: '../controls.scss',
})
export class SessionsCard {
  readonly #api = inject(SettingsApi);
  readonly #destroyRef = inject(DestroyRef);
  readonly #clock = inject(TimeDisplay).clock;
  readonly #sessions = signal<readonly SessionRecord[]>([]);
  protected readonly showsAll = signal(false);
  protected readonly fault = signal<string | null>(null);
  protected readonly shown = computed(() => (this.showsAll() ? this.#sessions() : this.#sessions().slice(0, SHOWN_AT_FIRST)));
  protected readonly more = computed(() => this.#sessions().length - this.shown().length);
  protected readonly name = sessionName;

  constructor() {
    this.load();
  }

  load(): void {
    this.fault.set(null);
    this.#api
      .sessions()
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({ next: ({ sessions }) => this.#sessions.set(sessions), error: (error: unknown) => this.fault.set(problemText(error)) });
  }

  protected details(session: SessionRecord): string {
    return sessionDetails(session, (ms) => this.#clock().moment(ms));
  }

  protected end({ id }: SessionRecord): void {
    this.#api
      .endSession(id)
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({ next: () => this.load(), error: (error: unknown) => this.fault.set(problemText(error)) });
  }
}
