import { Clipboard } from '@angular/cdk/clipboard';
import { Component, inject, input, signal } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { Icon } from '../../controls/icon.ts';

/** How long it says that it was copied. */
const SAID_MS = 2500;

/** A command to be copied as it is. */
@Component({
  selector: 'pw-command',
  imports: [Icon, MatIconButton],
  template: `
    <code tabindex="0">{{ text() }}</code>
    <button
      matIconButton
      type="button"
      data-testid="copy-command"
      [attr.aria-label]="'Copy ' + text()"
      [title]="said() ?? 'Copy'"
      (click)="copy()"
    >
      <pw-icon [name]="said() === 'Copied' ? 'check' : 'copy'" />
    </button>
    <span class="visually-hidden" role="status">{{ said() }}</span>
  `,
  styles: `
    :host {
      --mat-icon-button-icon-size: var(--icon);
      --mat-icon-button-state-layer-size: var(--control);

      display: flex;
      gap: var(--space-2);
      align-items: start;
      padding: var(--space-1) var(--space-1) var(--space-1) var(--space-3);
      border: var(--hairline) solid var(--line);
      border-radius: var(--radius-small);
      background: var(--bg);
    }
    code {
      flex: 1;
      min-width: 0;
      padding: var(--space-1) 0;
      overflow-wrap: anywhere;
      white-space: pre-wrap;
    }
    button {
      flex: none;
      color: var(--muted);
    }
    @media (pointer: coarse) {
      :host {
        --mat-icon-button-state-layer-size: var(--touch);
      }
    }
  `,
})
export class Command {
  readonly text = input.required<string>();
  readonly #clipboard = inject(Clipboard);
  protected readonly said = signal<string | null>(null);

  protected copy(): void {
    this.said.set(this.#clipboard.copy(this.text()) ? 'Copied' : 'Not copied: select it and copy it by hand');
    setTimeout(() => this.said.set(null), SAID_MS);
  }
}
