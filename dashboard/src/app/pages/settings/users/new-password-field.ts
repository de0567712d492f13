import { Component, computed, input, model } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { PASSWORD_RULE, passwordFault } from '../account/password-fault.ts';

/** A new password for somebody else, with what is wrong with it. */
@Component({
  selector: 'pw-new-password-field',
  imports: [FormsModule, MatFormField, MatHint, MatInput, MatLabel],
  template: `
    <mat-form-field appearance="outline" subscriptSizing="dynamic" hideRequiredMarker>
      <mat-label>{{ label() }}</mat-label>
      <input
        matInput
        type="password"
        name="password"
        autocomplete="new-password"
        aria-required="true"
        [attr.data-testid]="testId()"
        [(ngModel)]="password"
      />
      <mat-hint [class.bad]="fault() !== null">{{ fault() ?? rule }}</mat-hint>
    </mat-form-field>
  `,
  styleUrl: '../controls.scss',
})
export class NewPasswordField {
  readonly label = input('Password');
  readonly testId = input.required<string>();
  readonly password = model.required<string>();
  protected readonly rule = PASSWORD_RULE;
  protected readonly fault = computed(() => (this.password() === '' ? null : passwordFault(this.password())));
}
