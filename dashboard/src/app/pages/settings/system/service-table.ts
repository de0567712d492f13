import { Component, input } from '@angular/core';
import type { ServiceLine } from './system-view.ts';

/** Services with their replicas, and what those say that are not up. */
@Component({
  selector: 'pw-service-table',
  template: `
    <ul [attr.aria-label]="label()">
      @for (line of lines(); track line.name) {
        <li [attr.data-testid]="'service-' + line.name">
          <i [attr.data-up]="line.isUp"></i>
          <span class="name">{{ line.name }}</span>
          <span class="replicas"
            >{{ line.isUp ? 'up' : 'down' }} · {{ line.replicas }} {{ line.replicas === '1' ? 'replica' : 'replicas' }}</span
          >
          @if (line.reason; as reason) {
            <small>{{ reason }}</small>
          }
          @for (replica of line.down; track replica.node) {
            <small>{{ replica.node }}: {{ replica.reason }}</small>
          }
        </li>
      } @empty {
        <li><small>None is known: the cluster cannot be asked.</small></li>
      }
    </ul>
  `,
  styles: `
    ul {
      display: grid;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr) auto;
      gap: 0 var(--space-2);
      align-items: center;
      min-height: var(--row);
      border-top: var(--hairline) solid var(--line);
      font-size: var(--text-sm);
    }
    li:first-child {
      border-top: 0;
    }
    .name {
      overflow-wrap: anywhere;
    }
    .replicas,
    small {
      color: var(--muted);
    }
    small {
      grid-column: 2 / -1;
      padding-bottom: var(--space-1);
      overflow-wrap: anywhere;
    }
    i {
      width: var(--dot);
      height: var(--dot);
      border-radius: 50%;
      background: var(--bad);
    }
    i[data-up='true'] {
      background: var(--ok);
    }
  `,
})
export class ServiceTable {
  readonly label = input.required<string>();
  readonly lines = input.required<readonly ServiceLine[]>();
}
