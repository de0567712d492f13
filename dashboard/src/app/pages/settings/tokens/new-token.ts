import { Component, inject, input, output, signal } from '@angular/core';
import { Clipboard } from '@angular/cdk/clipboard';
import { MatButton } from '@angular/material/button';
import type { CreatedApiToken } from '@perfwatch/contract';
import { Card } from '../card.ts';

/** A token that was just made, the one time that it can be seen. */
@Component({
  selector: 'pw-new-token',
  imports: [Card, MatButton],
  template: `
    <pw-card [title]="token().name" about="Copy it now: it is shown this once, and not even PerfWatch can tell it again.">
      <code data-testid="new-token" tabindex="0">{{ token().token }}</code>
      <div class="actions">
        <button matButton="filled" type="button" data-testid="copy-token" (click)="copy()">{{ isCopied() ? 'Copied' : 'Copy' }}</button>
        <button matButton type="button" (click)="put.emit()">I have it</button>
      </div>
      <p class="hint">
        Send it as <code>Authorization: Bearer &lt;token&gt;</code>, or in the Socket.IO handshake as
        <code>auth: {{ '{' }} token {{ '}' }}</code
        >.
      </p>
    </pw-card>
  `,
  styleUrl: '../controls.scss',
  styles: `
    code[tabindex] {
      padding: var(--space-3);
      border-radius: var(--radius-small);
      background: var(--raised);
      font-size: var(--text-md);
      overflow-wrap: anywhere;
      user-select: all;
    }
  `,
})
export class NewToken {
  readonly token = input.required<CreatedApiToken>();
  readonly put = output();
  readonly #clipboard = inject(Clipboard);
  protected readonly isCopied = signal(false);

  protected copy(): void {
    this.isCopied.set(this.#clipboard.copy(this.token().token));
  }
}
