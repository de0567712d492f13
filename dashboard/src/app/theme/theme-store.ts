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
  /** Tokens as the shown theme has them. */
  readonly chart = computed(() => {
    document.documentElement.dataset['theme'] = this.shown();
    const style = getComputedStyle(document.documentElement);
    return readChartTheme((token) => style.getPropertyValue(token).trim());
  });

  constructor() {
    const query = window.matchMedia('(prefers-color-scheme: light)');
    this.#isSystemLight.set(query.matches);
    query.addEventListener('change', (event) => this.#isSystemLight.set(event.matches));
    effect(() => {
      document.documentElement.dataset['theme'] = this.shown();
    });
  }
}
