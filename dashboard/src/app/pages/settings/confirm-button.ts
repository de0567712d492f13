import { Component, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';

/** A button for what cannot be undone: it asks once, in its own place, and says what will happen. */
@Component({
  selector: 'pw-confirm-button',
  imports: [MatButton],
  template: `
    @if (isAsking()) {
      <span role="alert">{{ question() }}</span>
      <button matButton type="button" class="sure" [attr.data-testid]="testId() + '-sure'" (click)="confirm()">{{ action() }}</button>
      <button matButton type="button" (click)="isAsking.set(false)">Keep</button>
    } @else {
      <button
        matButton
        type="button"
        [disabled]="disabled()"
        [attr.aria-label]="action() + ': ' + subject()"
        [attr.data-testid]="testId()"
        (click)="isAsking.set(true)"
      >
        {{ action() }}
      </button>
    }
  `,
  styles: `
    :host {
      display: inline-flex;
      flex-wrap: wrap;
      gap: var(--space-1) var(--space-2);
      align-items: center;
      justify-content: flex-end;
    }
    span {
      white-space: normal;
    }
    .sure {
      --mat-button-text-label-text-color: var(--bad);
    }
    @media (pointer: coarse) {
      button {
        min-height: var(--touch);
      }
    }
  `,
})
export class ConfirmButton {
  readonly action = input.required<string>();
  readonly subject = input.required<string>();
  readonly question = input.required<string>();
  readonly testId = input.required<string>();
  readonly disabled = input(false);
  readonly confirmed = output();
  protected readonly isAsking = signal(false);

  protected confirm(): void {
    this.isAsking.set(false);
    this.confirmed.emit();
  }
}
