import { Component, computed, inject, output, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';
import type { Role, UserRecord } from '@perfwatch/contract';
import { problemText } from '../../../api/problem-text.ts';
import { UsersApi } from '../../../api/users-api.ts';
import { passwordFault } from '../account/password-fault.ts';
import { Notice } from '../notice.ts';
import { NewPasswordField } from './new-password-field.ts';
import { ROLE_CHOICES } from './roles.ts';

const NAME = /^[A-Za-z0-9_.@-]{1,64}$/;

/** Adds a user. */
@Component({
  selector: 'pw-new-user-form',
  imports: [FormsModule, MatButton, MatFormField, MatHint, MatInput, MatLabel, MatOption, MatSelect, NewPasswordField, Notice],
  template: `
    <form (ngSubmit)="add()" novalidate>
      <mat-form-field appearance="outline" subscriptSizing="dynamic" hideRequiredMarker>
        <mat-label>User name</mat-label>
        <input
          matInput
          name="username"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          aria-required="true"
          data-testid="new-user-name"
          [(ngModel)]="username"
        />
        @if (nameFault(); as text) {
          <mat-hint class="bad">{{ text }}</mat-hint>
        }
      </mat-form-field>
      <pw-new-password-field testId="new-user-password" [(password)]="password" />
      <mat-form-field appearance="outline" subscriptSizing="dynamic">
        <mat-label>Role</mat-label>
        <mat-select name="role" data-testid="new-user-role" [(ngModel)]="role">
          @for (choice of roles; track choice.role) {
            <mat-option [value]="choice.role">{{ choice.title }}</mat-option>
          }
        </mat-select>
      </mat-form-field>
      @if (fault(); as text) {
        <pw-notice [text]="text" />
      }
      <button matButton="filled" type="submit" data-testid="new-user-add" [disabled]="!canAdd()">Add user</button>
    </form>
  `,
  styleUrl: '../controls.scss',
})
export class NewUserForm {
  readonly added = output<UserRecord>();
  readonly #api = inject(UsersApi);
  protected readonly roles = ROLE_CHOICES;
  protected readonly username = signal('');
  protected readonly password = signal('');
  protected readonly role = signal<Role>('viewer');
  protected readonly isSending = signal(false);
  protected readonly fault = signal<string | null>(null);
  protected readonly nameFault = computed(() =>
    this.username() === '' || NAME.test(this.username()) ? null : '1 to 64 of A-Z a-z 0-9 _ . @ -',
  );
  protected readonly canAdd = computed(() => !this.isSending() && NAME.test(this.username()) && passwordFault(this.password()) === null);

  protected add(): void {
    if (!this.canAdd()) return;
    this.isSending.set(true);
    this.fault.set(null);
    this.#api.addUser({ username: this.username(), password: this.password(), role: this.role() }).subscribe({
      next: (user) => {
        this.isSending.set(false);
        this.username.set('');
        this.password.set('');
        this.added.emit(user);
      },
      error: (error: unknown) => {
        this.isSending.set(false);
        this.fault.set(problemText(error));
      },
    });
  }
}
