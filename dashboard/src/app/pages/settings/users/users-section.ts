import { Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatFormField } from '@angular/material/form-field';
import { MatOption, MatSelect } from '@angular/material/select';
import type { Role, UserRecord } from '@perfwatch/contract';
import type { Observable } from 'rxjs';
import { problemText } from '../../../api/problem-text.ts';
import { UsersApi } from '../../../api/users-api.ts';
import { TimeDisplay } from '../../../preferences/time-display.ts';
import { SessionStore } from '../../../session/session-store.ts';
import { Card } from '../card.ts';
import { ConfirmButton } from '../confirm-button.ts';
import { Loading } from '../loading.ts';
import { Notice } from '../notice.ts';
import { NewUserForm } from './new-user-form.ts';
import { PasswordReset } from './password-reset.ts';
import { ROLE_CHOICES } from './roles.ts';

/** Who may log in, and as what. */
@Component({
  selector: 'pw-users-section',
  imports: [MatButton, MatFormField, MatSelect, MatOption, Card, ConfirmButton, Loading, NewUserForm, Notice, PasswordReset],
  templateUrl: './users-section.html',
  styleUrls: ['../controls.scss', './users-section.scss'],
})
export default class UsersSection {
  readonly #api = inject(UsersApi);
  readonly #destroyRef = inject(DestroyRef);
  readonly #clock = inject(TimeDisplay).clock;
  protected readonly me = inject(SessionStore).me;
  protected readonly roles = ROLE_CHOICES;
  protected readonly users = signal<readonly UserRecord[] | null>(null);
  protected readonly fault = signal<string | null>(null);
  protected readonly isSaving = signal(false);
  /** Whose password is being set. */
  protected readonly resetting = signal<string | null>(null);
  protected readonly done = signal<string | null>(null);
  readonly #administrators = computed(() => this.users()?.filter(({ role }) => role === 'admin').length ?? 0);

  constructor() {
    this.load();
  }

  protected load(): void {
    this.fault.set(null);
    this.#api
      .users()
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({ next: ({ users }) => this.users.set(users), error: (error: unknown) => this.fault.set(problemText(error)) });
  }

  protected isLastAdministrator(user: UserRecord): boolean {
    return user.role === 'admin' && this.#administrators() === 1;
  }

  protected added(user: UserRecord): void {
    this.done.set(`${user.username} may log in now.`);
    this.load();
  }

  protected setRole(user: UserRecord, role: Role): void {
    this.#change(
      this.#api.updateUser(user.id, { role }),
      `${user.username} is ${role === 'admin' ? 'an administrator' : 'a viewer'} now, and has to log in again.`,
    );
  }

  protected setPassword(user: UserRecord, password: string): void {
    this.resetting.set(null);
    this.#change(this.#api.updateUser(user.id, { password }), `${user.username} has a new password; every session of theirs has ended.`);
  }

  protected remove(user: UserRecord): void {
    this.#change(this.#api.removeUser(user.id), `${user.username} is removed.`);
  }

  protected time(iso: string): string {
    return this.#clock().moment(Date.parse(iso));
  }

  #change(request: Observable<unknown>, done: string): void {
    this.fault.set(null);
    this.done.set(null);
    this.isSaving.set(true);
    request.pipe(takeUntilDestroyed(this.#destroyRef)).subscribe({
      next: () => {
        this.isSaving.set(false);
        this.done.set(done);
        this.load();
      },
      error: (error: unknown) => {
        this.isSaving.set(false);
        this.fault.set(problemText(error));
        // A new array, so that the controls show again what counts.
        this.users.update((users) => (users === null ? null : [...users]));
      },
    });
  }
}
