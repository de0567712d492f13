import { Component, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Icon } from '../../controls/icon.ts';

/** What went wrong or what was done, read out at once; with Retry where trying again makes sense. */
@Component({
  selector: 'pw-notice',
  imports: [MatButton, Icon],
  template: `
    <p role="alert" [attr.data-tone]="tone()" data-testid="settings-notice">
      <pw-icon [name]="tone() === 'bad' ? 'alert' : 'info'" /><span>{{ text() }}</span>
      @if (canRetry()) {
        <button matButton type="button" data-testid="retry" (click)="retry.emit()">Retry</button>
      }
    </p>
  `,
  styles: `
    p {
      display: flex;
      gap: var(--space-2);
      align-items: center;
      padding: var(--space-2) var(--space-3);
      border: var(--hairline) solid var(--line);
      border-radius: var(--radius-small);
      background: var(--raised);
      overflow-wrap: anywhere;
    }
    span {
      flex: 1;
      min-width: 0;
    }
    [data-tone='bad'] pw-icon {
      color: var(--bad);
    }
    @media (pointer: coarse) {
      button {
        min-height: var(--touch);
      }
    }
  `,
})
export class Notice {
  readonly text = input.required<string>();
  readonly tone = input<'bad' | 'calm'>('bad');
  readonly canRetry = input(false);
  readonly retry = output();
}
