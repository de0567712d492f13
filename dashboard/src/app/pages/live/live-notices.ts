import { Component, computed, inject } from '@angular/core';
import { takeUntilDestroyed, toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { interval, map } from 'rxjs';
import { Icon } from '../../controls/icon.ts';
import { ageText } from '../../format/format.ts';
import { LiveStore } from '../../live/live-store.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';

const CLOCK_MS = 1000;
/** How long it is said that the connection is back. */
const SAID_MS = 12_000;

/** What a person should know of the page itself: paused, disconnected, back again. Nothing when all is well. */
@Component({
  selector: 'pw-live-notices',
  imports: [MatButton, Icon],
  template: `
    @if (paused(); as text) {
      <p class="paused" data-testid="paused-notice">
        <pw-icon name="pause" />
        <span>{{ text }}</span>
        <span class="muted" data-testid="arrived">{{ arrivedText() }}</span>
        @if (live.past.fault(); as fault) {
          <span class="warn">{{ fault }}</span>
        }
        <button matButton="tonal" data-testid="back-to-live" (click)="live.goLive()">Back to live</button>
      </p>
    }
    @if (lost(); as text) {
      <p class="warn" role="status" data-testid="connection-notice">
        <pw-icon name="alert" />
        <span [title]="live.connection.fault() ?? ''">{{ text }}</span>
        <button matButton data-testid="try-now" (click)="live.connection.retryNow()">Try now</button>
      </p>
    } @else if (back(); as text) {
      <p role="status" data-testid="resumed-notice">
        <pw-icon name="info" />
        <span>{{ text }}</span>
      </p>
    }
  `,
  styles: `
    :host {
      display: contents;
    }
    p {
      display: flex;
      flex: 1 0 100%;
      flex-wrap: wrap;
      gap: var(--space-1) var(--space-3);
      align-items: center;
      min-height: var(--control);
      padding: var(--space-1) var(--space-3);
      border-radius: var(--radius-small);
      background: var(--raised);
      font-size: var(--text-sm);
    }
    .muted {
      color: var(--muted);
    }
    .warn {
      color: var(--warn);
    }
    .paused button {
      margin-left: auto;
    }
  `,
})
export class LiveNotices {
  protected readonly live = inject(LiveStore);
  readonly #clock = inject(TimeDisplay).clock;
  readonly #nowMs = toSignal(
    interval(CLOCK_MS).pipe(
      map(() => Date.now()),
      takeUntilDestroyed(),
    ),
    { initialValue: Date.now() },
  );
  protected readonly paused = computed(() => {
    if (this.live.pausedAtMs() === null) return null;
    const { fromMs, toMs } = this.live.range();
    const loading = this.live.past.isLoading() ? ' · loading' : '';
    return `Paused: ${this.#clock().seconds(fromMs)} to ${this.#clock().seconds(toMs)}${loading}`;
  });
  protected readonly arrivedText = computed(() => {
    const count = this.live.arrived();
    return count === 0 ? 'Nothing new yet' : `${count.toLocaleString()} new ${count === 1 ? 'sample' : 'samples'} meanwhile`;
  });
  protected readonly lost = computed(() => {
    const lostAtMs = this.live.connection.lostAtMs();
    if (lostAtMs === null) return null;
    const age = ageText(Math.max(0, this.#nowMs() - lostAtMs));
    const state = this.live.connection.state();
    if (state === 'failed') return `PerfWatch has not answered for ${age}. This page goes on trying; nothing else is needed.`;
    return state === 'connecting'
      ? `PerfWatch does not answer yet. Trying for ${age}.`
      : `Connection lost ${age} ago. Reconnecting; what is missed is filled in afterwards.`;
  });
  /** The absence that has just ended, until it has been said for long enough. */
  protected readonly back = computed(() => {
    const absence = this.live.connection.absence();
    if (absence === null || this.#nowMs() - absence.toMs > SAID_MS) return null;
    return `Connected again after ${ageText(absence.toMs - absence.fromMs)}. The gap is filled from history.`;
  });
}
