import { computed, effect, Injectable, signal } from '@angular/core';
import { readChartTheme } from './chart-theme.ts';

export const THEMES = ['dark', 'light', 'system'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'perfwatch.theme';
const isTheme = (text: string | null): text is Theme => THEMES.some((theme) => theme === text);

function readPreference(): Theme {
  const stored = localStorage.getItem(KEY);
  return isTheme(stored) ? stored : 'dark';
}

/** The theme the viewer chose, remembered in this browser, and its colours for canvases. */
@Injectable({ providedIn: 'root' })
export class ThemeStore {
  readonly preference = signal<Theme>(readPreference());
  readonly #isSystemLight = signal(false);
  readonly shown = computed(() => {
    const preference = this.preference();
    if (preference !== 'system') return preference;
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
      localStorage.setItem(KEY, this.preference());
    });
  }
}
