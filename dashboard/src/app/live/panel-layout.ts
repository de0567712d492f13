import { computed, inject, Injectable, signal } from '@angular/core';
import { PreferencesStore } from '../preferences/preferences-store.ts';
import { arranged, collectorOf, moved } from './arrangement.ts';
import { CollectorStore } from './collector-store.ts';

/** Which panels the viewer sees, in which order, and which one alone. */
@Injectable()
export class PanelLayout {
  readonly #preferences = inject(PreferencesStore);
  readonly #collectors = inject(CollectorStore);
  /** The panel that is to fill the page, by the viewer or an address that may be anyone's. */
  readonly #asked = signal<string | null>(null);
  /** Every collector of the host, hidden or not. */
  readonly all = computed(() => arranged(this.#collectors.names(), this.#preferences.panelOrder()));
  readonly hidden = computed(() => this.all().filter((name) => this.#preferences.hiddenPanels().includes(name)));
  readonly shown = computed(() => this.all().filter((name) => !this.#preferences.hiddenPanels().includes(name)));
  readonly isArranged = computed(() => this.#preferences.panelOrder().length > 0);
  /** The collector whose panel fills the page. */
  readonly onlyCollector = computed(() => {
    const panel = this.#asked();
    return panel === null ? null : collectorOf(panel, this.all());
  });
  /** The panel that fills the page; null for all of them. */
  readonly fullScreen = computed(() => (this.onlyCollector() === null ? null : this.#asked()));
  /** The same, before it is known whether there is such a panel. */
  readonly asked = this.#asked.asReadonly();

  hide(collector: string): void {
    const others = this.#preferences.hiddenPanels().filter((name) => name !== collector);
    this.#preferences.patch({ hiddenPanels: [...others, collector] });
    if (this.onlyCollector() === collector) this.fill(null);
  }

  show(collector: string): void {
    this.#preferences.patch({ hiddenPanels: this.#preferences.hiddenPanels().filter((name) => name !== collector) });
  }

  /** Changes places with the panel before (-1) or after (1). */
  move(collector: string, step: -1 | 1): void {
    const { panelOrder, hiddenPanels } = this.#preferences;
    this.arrange(moved(collector, step, { names: this.#collectors.names(), order: panelOrder(), hidden: hiddenPanels() }));
  }

  arrange(order: readonly string[]): void {
    this.#preferences.patch({ panelOrder: order });
  }

  /** Everything as PerfWatch orders it. */
  reset(): void {
    this.#preferences.patch({ panelOrder: [], hiddenPanels: [] });
  }

  /** Lets one panel fill the page; null for all of them. */
  fill(panel: string | null): void {
    this.#asked.set(panel);
  }

  toggleFullScreen(panel: string): void {
    this.fill(this.fullScreen() === panel ? null : panel);
  }
}
