import { computed, effect, inject, Injectable, signal } from '@angular/core';
import { PreferencesStore } from '../preferences/preferences-store.ts';
import { readChartTheme } from './chart-theme.ts';

/** The theme that is shown, and its colours for canvases. */
@Injectable({ providedIn: 'root' })
export class ThemeStore {
  readonly #preferred = inject(PreferencesStore).theme;
  readonly #isSystemLight = signal(false);
  readonly shown = computed(() => {
    const preferred = this.#preferred();
    if (preferred !== 'system') return preferred;
    return this.#isSystemLight() ? 'light' : 'dark';
  });
  /** Whether it is shown on a wall, to be read from afar. */
  readonly isOnWall = signal(false);
  /** Tokens as the shown theme has them. */
  readonly chart = computed(() => {
    this.#mark();
    const style = getComputedStyle(document.documentElement);
    return readChartTheme((token) => style.getPropertyValue(token).trim());
  });

  constructor() {
    const query = window.matchMedia('(prefers-color-scheme: light)');
    this.#isSystemLight.set(query.matches);
    query.addEventListener('change', (event) => this.#isSystemLight.set(event.matches));
    effect(() => this.#mark());
  }

  /** Tells the styles what is shown. */
  #mark(): void {
    document.documentElement.dataset['theme'] = this.shown();
    document.documentElement.toggleAttribute('data-kiosk', this.isOnWall());
  }
}
