import { HttpErrorResponse } from '@angular/common/http';
import { Component, computed, DestroyRef, type ElementRef, inject, input, signal, viewChild } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { FormsModule } from '@angular/forms';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatFormField, MatHint, MatLabel, MatSuffix } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import { takeWhile, timer } from 'rxjs';
import { ApiClient } from '../../api/api-client.ts';
import { problemText } from '../../api/problem-text.ts';
import { Icon } from '../../controls/icon.ts';
import { SessionStore } from '../../session/session-store.ts';
import { ownPath, pageName } from './own-path.ts';

/** Name and password. Says why it is shown, where it leads, and what the server says when it refuses. */
@Component({
  selector: 'pw-log-in-page',
  imports: [FormsModule, MatFormField, MatHint, MatLabel, MatSuffix, MatInput, MatButton, MatIconButton, Icon],
  templateUrl: './log-in-page.html',
  styleUrl: './log-in-page.scss',
})
export default class LogInPage {
  /** Where to go afterwards: a path of ours, from the query. */
  readonly from = input<string>();
  readonly #api = inject(ApiClient);
  readonly #session = inject(SessionStore);
  readonly #router = inject(Router);
  readonly #destroyRef = inject(DestroyRef);
  protected readonly passwordField = viewChild.required<ElementRef<HTMLInputElement>>('passwordField');
  protected readonly notice = this.#session.notice;
  protected readonly username = signal('');
  protected readonly password = signal('');
  protected readonly isPasswordShown = signal(false);
  protected readonly isCapsLockOn = signal(false);
  protected readonly isSending = signal(false);
  protected readonly fault = signal<string | null>(null);
  /** Until the server takes another try. */
  protected readonly waitSeconds = signal(0);
  protected readonly leadsTo = computed(() => pageName(ownPath(this.from())));
  protected readonly canSend = computed(() => !this.isSending() && this.waitSeconds() === 0);
  protected readonly buttonText = computed(() => {
    if (this.waitSeconds() > 0) return `Try again in ${this.waitSeconds()} s`;
    return this.isSending() ? 'Logging in' : 'Log in';
  });

  protected logIn(): void {
    if (!this.canSend()) return;
    if (this.username() === '' || this.password() === '') {
      this.fault.set('Enter your user name and password.');
      return;
    }
    this.isSending.set(true);
    this.fault.set(null);
    this.#api
      .logIn({ username: this.username(), password: this.password() })
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({
        next: (issued) => {
          this.#session.begin(issued);
          void this.#router.navigateByUrl(ownPath(this.from()));
        },
        error: (error: unknown) => this.#refused(error),
      });
  }

  protected heedCapsLock(event: KeyboardEvent): void {
    this.isCapsLockOn.set(event.getModifierState('CapsLock'));
  }

  #refused(error: unknown): void {
    this.isSending.set(false);
    this.fault.set(problemText(error));
    this.#wait(retryAfterSeconds(error));
    if (!(error instanceof HttpErrorResponse) || error.status !== 401) return;
    this.password.set('');
    this.passwordField().nativeElement.focus();
  }

  #wait(seconds: number): void {
    this.waitSeconds.set(seconds);
    if (seconds === 0) return;
    timer(1000, 1000)
      .pipe(
        takeWhile(() => this.waitSeconds() > 0),
        takeUntilDestroyed(this.#destroyRef),
      )
      .subscribe(() => this.waitSeconds.update((left) => left - 1));
  }
}

/** How long the server asks to wait; 0 where it does not. */
function retryAfterSeconds(error: unknown): number {
  const wait = error instanceof HttpErrorResponse ? error.headers.get('retry-after') : null;
  return wait !== null && /^\d+$/.test(wait) ? Number(wait) : 0;
}
