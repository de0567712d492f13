import { Component, computed, inject, input } from '@angular/core';
import { Icon } from '../controls/icon.ts';
import { CollectorStore } from '../live/collector-store.ts';

/** A card of the live page: title, what it shows in words, and a line above its content when its collector is not quite well. */
@Component({
  selector: 'pw-panel',
  imports: [Icon],
  template: `
    <header>
      <h2 [id]="headingId()">{{ title() }}</h2>
      <p>{{ subtitle() }}</p>
      <ng-content select="[panelActions]" />
    </header>
    @if (notice(); as text) {
      <p class="notice"><pw-icon name="alert" />{{ text }}</p>
    }
    <ng-content />
  `,
  host: {
    role: 'region',
    '[attr.aria-labelledby]': 'headingId()',
    '[attr.data-testid]': "'panel-' + panel()",
    '[attr.data-span]': 'span()',
  },
  styleUrl: './panel-frame.scss',
})
export class PanelFrame {
  /** Tells this card from all others: the collector, or the collector and what of it. */
  readonly panel = input.required<string>();
  readonly collector = input.required<string>();
  readonly title = input.required<string>();
  readonly subtitle = input('');
  /** Columns of twelve on a wide screen. */
  readonly span = input<4 | 6 | 8 | 12>(6);
  readonly #collectors = inject(CollectorStore);
  protected readonly headingId = computed(() => `panel-title-${this.panel()}`);
  protected readonly notice = computed(() => {
    const { status, reason } = this.#collectors.health(this.collector());
    if (status === 'stale') return 'No new sample has arrived for a while: what is shown is the last that was known.';
    return status === 'partial' ? (reason ?? 'Some of its metrics are missing.') : null;
  });
}
