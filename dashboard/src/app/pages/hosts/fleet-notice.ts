import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Icon } from '../../controls/icon.ts';
import { FleetStore } from '../../fleet/fleet-store.ts';

/** What a person should know of the page itself: not connected, or the list cannot be had. Nothing when all is well. */
@Component({
  selector: 'pw-fleet-notice',
  imports: [Icon, MatButton],
  template: `
    @if (lost(); as text) {
      <p role="status" data-testid="connection-notice">
        <pw-icon name="alert" /><span [title]="fleet.connection.fault() ?? ''">{{ text }}</span>
        <button matButton type="button" data-testid="try-now" (click)="fleet.connection.retryNow()">Try now</button>
      </p>
    } @else if (fleet.fault(); as text) {
      <p role="alert" data-testid="hosts-fault">
        <pw-icon name="alert" /><span>{{ text }}</span>
        <button matButton type="button" data-testid="retry" (click)="fleet.load()">Retry</button>
      </p>
    }
  `,
  styles: `
    :host {
      display: contents;
    }
    p {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-1) var(--space-3);
      align-items: center;
      min-height: var(--control);
      padding: var(--space-1) var(--space-3);
      border-radius: var(--radius-small);
      background: var(--raised);
      color: var(--warn);
      font-size: var(--text-sm);
    }
  `,
})
export class FleetNotice {
  protected readonly fleet = inject(FleetStore);
  protected readonly lost = computed(() => {
    const { state, lostAtMs } = this.fleet.connection;
    if (lostAtMs() === null) return null;
    if (state() === 'failed') return 'PerfWatch has not answered for a while. This page goes on trying; nothing else is needed.';
    return state() === 'connecting'
      ? 'PerfWatch does not answer yet. Trying again.'
      : 'Connection lost. Reconnecting; what is missed is filled in afterwards.';
  });
}
