import { computed, inject, Injectable } from '@angular/core';
import { PreferencesStore } from '../../preferences/preferences-store.ts';
import { PreferencesSync } from '../../preferences/preferences-sync.ts';
import { SessionStore } from '../../session/session-store.ts';

/** Whether an administrator has not been welcomed yet, in any browser. */
@Injectable({ providedIn: 'root' })
export class FirstVisit {
  readonly #session = inject(SessionStore);
  readonly #preferences = inject(PreferencesStore);
  readonly #sync = inject(PreferencesSync);
  /** False also while nobody knows who is logged in, or whether they were welcomed. */
  readonly isDue = computed(() => this.#sync.isHeard() && !this.#preferences.welcomed() && this.#session.isAdmin());

  finish(): void {
    if (!this.#preferences.welcomed()) this.#preferences.patch({ welcomed: true });
  }
}
