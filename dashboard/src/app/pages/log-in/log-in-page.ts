import { HttpErrorResponse } from '@angular/common/http';
import { Component, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import { ApiClient } from '../../api/api-client.ts';
import { problemText } from '../../api/problem-text.ts';
import { Icon } from '../../controls/icon.ts';
import { SessionStore } from '../../session/session-store.ts';

/** Name and password. Says why it is shown, and what the server says when it refuses. */
@Component({
  selector: 'pw-log-in-page',
  imports: [FormsModule, MatFormField, MatLabel, MatInput, MatButton, Icon],
  templateUrl: './log-in-page.html',
  styleUrl: './log-in-page.scss',
})
export default class LogInPage {
  /** Where to go afterwards: a path of ours, from the query. */
  readonly from = input<string>();
  readonly #api = inject(ApiClient);
  readonly #session = inject(SessionStore);
  readonly #router = inject(Router);
  protected readonly notice = this.#session.notice;
  protected readonly username = signal('');
  protected readonly password = signal('');
  protected readonly isSending = signal(false);
  protected readonly fault = signal<string | null>(null);

  protected logIn(): void {
    if (this.username() === '' || this.password() === '') {
      this.fault.set('Enter your user name and password.');
      return;
    }
    this.isSending.set(true);
    this.fault.set(null);
    this.#api.logIn({ username: this.username(), password: this.password() }).subscribe({
      next: ({ access_token: token }) => {
        this.#session.begin(token);
        void this.#router.navigateByUrl(ownPath(this.from()));
      },
      error: (error: unknown) => {
        this.isSending.set(false);
        this.password.set('');
        this.fault.set(refusalText(error));
      },
    });
  }
}

/** Only a path within this site: what comes from an address bar may be anyone's. */
function ownPath(from: string | undefined): string {
  return from !== undefined && /^\/(?![/\\])/.test(from) ? from : '/';
}

function refusalText(error: unknown): string {
  const wait = error instanceof HttpErrorResponse ? error.headers.get('retry-after') : null;
  return wait !== null && /^\d+$/.test(wait) ? `${problemText(error)} Try again in ${wait} s.` : problemText(error);
}
