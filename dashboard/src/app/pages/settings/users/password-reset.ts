import { Component, computed, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { passwordFault } from '../account/password-fault.ts';
import { NewPasswordField } from './new-password-field.ts';

/** Sets the password of somebody else. */
@Component({
  selector: 'pw-password-reset',
  imports: [MatButton, NewPasswordField],
  template: `
    <form (submit)="$event.preventDefault(); send()" novalidate>
      <pw-new-password-field testId="reset-password" [label]="'New password of ' + username()" [(password)]="password" />
      <button matButton="outlined" type="submit" data-testid="reset-send" [disabled]="!canSend()">Set it, and end every session</button>
    </form>
  `,
  styleUrl: '../controls.scss',
})
export class PasswordReset {
  readonly username = input.required<string>();
  readonly chosen = output<string>();
  protected readonly password = signal('');
  protected readonly canSend = computed(() => passwordFault(this.password()) === null);

  protected send(): void {
    if (this.canSend()) this.chosen.emit(this.password());
  }
}
