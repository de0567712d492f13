import { Component, computed, inject, input } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { Icon } from '../controls/icon.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { PanelLayout } from '../live/panel-layout.ts';

const STALE = 'No new sample has arrived for a while: what is shown is the last that was known.';

/** A card of the live page: title, what it shows in words, and a line above its content when its collector is not quite well. */
@Component({
  selector: 'pw-panel',
  imports: [Icon, MatIconButton, MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger],
  templateUrl: './panel-frame.html',
  host: {
    role: 'region',
    '[attr.aria-labelledby]': 'headingId()',
    '[attr.data-testid]': "'panel-' + panel()",
    '[attr.data-span]': 'span()',
    '[class.full-screen]': 'isFullScreen()',
    '[class.covered]': 'isCovered()',
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
  /** Whether all that is missing is what this machine does not have: nobody needs to act. */
  readonly isExpected = input(false);
  readonly #collectors = inject(CollectorStore);
  protected readonly layout = inject(PanelLayout);
  protected readonly isFullScreen = computed(() => this.layout.fullScreen() === this.panel());
  protected readonly isCovered = computed(() => this.layout.fullScreen() !== null && !this.isFullScreen());
  protected readonly isFirst = computed(() => this.layout.shown()[0] === this.collector());
  protected readonly isLast = computed(() => this.layout.shown().at(-1) === this.collector());
  protected readonly collectorTitle = computed(() => this.#collectors.info(this.collector()).title);
  protected readonly headingId = computed(() => `panel-title-${this.panel()}`);
  protected readonly isCalm = computed(() => this.isExpected() && this.notice() !== STALE);
  protected readonly notice = computed(() => {
    const { status, reason } = this.#collectors.health(this.collector());
    if (status === 'stale') return STALE;
    // The reason stands on the first card of a collector, not on all of them.
    if (status !== 'partial' || this.panel() !== this.collector()) return null;
    return reason ?? 'Some of its metrics are missing.';
  });
}
