import { Component, computed, input } from '@angular/core';
import type { CollectorOnHost } from '../collection-choices.ts';
import { statusLines } from './status-lines.ts';

/** How a collector is, and why where there is a reason. */
@Component({
  selector: 'pw-collector-status',
  template: `
    @for (line of lines(); track line.key) {
      <small [attr.data-status]="line.status" [title]="line.names">
        <i></i
        ><span
          ><b>{{ line.words }}</b
          >{{ line.reason === null ? '' : ': ' + line.reason }}</span
        >
      </small>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 2px;
    }
    small {
      display: flex;
      gap: var(--space-2);
      align-items: baseline;
      max-width: var(--measure);
      color: var(--muted);
      font-size: var(--text-sm);
    }
    b {
      color: var(--text);
      font-weight: var(--weight-text);
    }
    i {
      flex: none;
      width: var(--dot);
      height: var(--dot);
      border-radius: 50%;
      background: var(--faint);
    }
    [data-status='ok'] i,
    [data-status='partial'] i {
      background: var(--ok);
    }
    [data-status='error'] i {
      background: var(--bad);
    }
  `,
})
export class CollectorStatus {
  readonly hosts = input.required<readonly CollectorOnHost[]>();
  readonly isOneHost = input.required<boolean>();
  protected readonly lines = computed(() => statusLines(this.hosts(), this.isOneHost()));
}
