import { Component, computed, inject, input } from '@angular/core';
import { Icon, type IconName } from '../controls/icon.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { PanelFrame } from './panel-frame.ts';

interface Explanation {
  icon: IconName;
  tone: 'calm' | 'bad';
  headline: string;
  fallback: string;
}

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  unavailable: { icon: 'info', tone: 'calm', headline: 'Not on this machine', fallback: 'The collector gave no reason.' },
  disabled: { icon: 'off', tone: 'calm', headline: 'Switched off', fallback: 'Switch it on in the settings.' },
  error: { icon: 'alert', tone: 'bad', headline: 'The collector failed', fallback: 'Its log says more.' },
  waiting: {
    icon: 'info',
    tone: 'calm',
    headline: 'No samples yet',
    fallback: 'Nothing has arrived from this collector in the window shown.',
  },
};

/** The card of a collector that has nothing to draw: it says why, and what would help. */
@Component({
  selector: 'pw-explained-panel',
  imports: [PanelFrame, Icon],
  template: `
    <pw-panel [panel]="collector()" [collector]="collector()" [title]="info().title" [subtitle]="info().help ?? ''" [span]="6">
      @if (isLoading()) {
        <div class="skeleton" aria-hidden="true"></div>
        <p class="visually-hidden">Loading</p>
      } @else if (explanation(); as shown) {
        <div class="why" [attr.data-tone]="shown.tone">
          <pw-icon [name]="shown.icon" />
          <p>
            <strong>{{ shown.headline }}</strong>{{ shown.text }}
          </p>
        </div>
      }
    </pw-panel>
  `,
  styles: `
    :host {
      display: contents;
    }
    pw-panel {
      order: 3;
      align-self: start;
    }
    .why {
      display: flex;
      gap: var(--space-3);
      padding: var(--space-2) 0;
      color: var(--muted);
    }
    .why p {
      max-width: var(--measure);
    }
    strong {
      display: block;
      color: var(--text);
      font-weight: var(--weight-strong);
    }
    [data-tone='bad'] pw-icon {
      color: var(--bad);
    }
    .skeleton {
      height: var(--chart-small);
      border-radius: var(--radius-small);
      background: var(--raised);
    }
  `,
})
export class ExplainedPanel {
  readonly collector = input.required<string>();
  readonly #collectors = inject(CollectorStore);
  readonly #live = inject(LiveStore);
  protected readonly info = computed(() => this.#collectors.info(this.collector()));
  protected readonly isLoading = computed(() => this.#live.isLoading() && this.#collectors.health(this.collector()).status === 'waiting');
  protected readonly explanation = computed(() => {
    const { status, reason } = this.#collectors.health(this.collector());
    const explanation = EXPLANATIONS[status];
    return explanation === undefined ? null : { ...explanation, text: reason ?? explanation.fallback };
  });
}
