import { Component, input } from '@angular/core';
import { Icon } from '../../../controls/icon.ts';
import type { HostCapability } from './counting.ts';

/** What one host counts, and what it cannot: why, and what would help. */
@Component({
  selector: 'pw-capability',
  imports: [Icon],
  template: `
    <section [attr.data-testid]="'capability-' + capability().host" [attr.aria-label]="capability().host">
      <h3 [title]="capability().host">{{ capability().host }}</h3>
      <p>
        <b>{{ capability().counted.length }} counted</b> {{ capability().counted.join(' · ') }}
      </p>
      @for (missing of capability().missing; track missing.reason) {
        <div>
          <pw-icon name="info" />
          <p>
            <b>{{ missing.titles.length }} not counted</b> {{ missing.titles.join(' · ') }}
            <strong>{{ missing.reason }}</strong>
          </p>
        </div>
      }
    </section>
  `,
  styles: `
    section {
      display: grid;
      gap: var(--space-2);
      padding-top: var(--space-3);
      border-top: var(--hairline) solid var(--line);
    }
    h3 {
      overflow-wrap: anywhere;
      font-size: var(--text-md);
      font-weight: var(--weight-strong);
    }
    p {
      color: var(--muted);
      font-size: var(--text-sm);
    }
    b {
      margin-right: var(--space-2);
      color: var(--text);
      font-weight: var(--weight-strong);
    }
    strong {
      display: block;
      max-width: var(--measure);
      margin-top: var(--space-1);
      color: var(--text);
      font-weight: var(--weight-text);
    }
    div {
      display: flex;
      gap: var(--space-3);
      padding: var(--space-3);
      border-radius: var(--radius-small);
      background: var(--raised);
      color: var(--muted);
    }
  `,
})
export class Capability {
  readonly capability = input.required<HostCapability>();
}
