import { Component, input } from '@angular/core';

/** A group of settings under a title. */
@Component({
  selector: 'pw-card',
  template: `
    <header>
      <h2>{{ title() }}</h2>
      @if (about(); as text) {
        <p>{{ text }}</p>
      }
    </header>
    <ng-content />
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-3);
      padding: var(--space-4);
      border: var(--hairline) solid var(--line);
      border-radius: var(--radius);
      background: var(--surface);
    }
    header {
      display: grid;
      gap: var(--space-1);
    }
    h2 {
      font-size: var(--text-md);
      font-weight: var(--weight-title);
    }
    p {
      max-width: var(--measure);
      color: var(--muted);
      font-size: var(--text-sm);
    }
  `,
})
export class Card {
  readonly title = input.required<string>();
  readonly about = input('');
}
