import { Component, computed, inject, signal, viewChild } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { ApiClient } from '../../../api/api-client.ts';
import { problemText } from '../../../api/problem-text.ts';
import { SettingsApi } from '../../../api/settings-api.ts';
import { Icon } from '../../../controls/icon.ts';
import { SessionStore } from '../../../session/session-store.ts';
import { Card } from '../card.ts';
import { Notice } from '../notice.ts';
import { SettingRow } from '../setting-row.ts';
import { SessionsCard } from './sessions-card.ts';
import { passwordFault, PASSWORD_RULE } from './password-fault.ts';

/** Who is logged in and where, their password, and the way out. */
@Component({
  selector: 'pw-account-section',
  imports: [FormsModule, MatButton, MatFormField, MatLabel, MatHint, MatInput, Icon, Card, SettingRow, Notice, SessionsCard],
  templateUrl: './account-section.html',
  styleUrl: '../controls.scss',
})
export default class AccountSection {
  readonly #api = inject(ApiClient);
  readonly #settings = inject(SettingsApi);
  readonly #session = inject(SessionStore);
  protected readonly sessions = viewChild.required(SessionsCard);
  protected readonly me = this.#session.me;
  protected readonly rule = PASSWORD_RULE;
  protected readonly current = signal('');
  protected readonly next = signal('');
  protected readonly again = signal('');
  protected readonly isSending = signal(false);
  protected readonly fault = signal<string | null>(null);
  protected readonly isDone = signal(false);
  protected readonly nextFault = computed(() => (this.next() === '' ? null : passwordFault(this.next())));
  protected readonly againFault = computed(() => (this.again() === '' || this.again() === this.next() ? null : 'This is not the same.'));
  protected readonly canSend = computed(
    () => !this.isSending() && this.current() !== '' && passwordFault(this.next()) === null && this.again() === this.next(),
  );

  protected change(): void {
    if (!this.canSend()) return;
    this.isSending.set(true);
    this.fault.set(null);
    this.isDone.set(false);
    this.#settings.changePassword({ current_password: this.current(), new_password: this.next() }).subscribe({
      next: () => {
        this.isSending.set(false);
        this.isDone.set(true);
        this.sessions().load();
        for (const field of [this.current, this.next, this.again]) field.set('');
      },
      error: (error: unknown) => {
        this.isSending.set(false);
        this.fault.set(problemText(error));
      },
    });
  }

  protected logOut(): void {
    const leave = () => this.#session.end(null);
    this.#api.logOut().subscribe({ next: leave, error: leave });
  }
}
