import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { ApiClient } from '../api/api-client.ts';
import { SessionStore } from '../session/session-store.ts';
import { PREFERENCE_KEYS, type Preferences } from './preferences.ts';
import { PreferencesStore } from './preferences-store.ts';
import { forServer, fromServer } from './stored-preferences.ts';

/** Changes that follow each other are sent together. */
const SEND_AFTER_MS = 1000;
const TRY_AGAIN_AFTER_MS = 30_000;

/** Keeps preferences on the server, per user: those come first at log-in, changes follow them there. Failures disturb nobody. */
@Injectable({ providedIn: 'root' })
export class PreferencesSync {
  readonly #api = inject(ApiClient);
  readonly #session = inject(SessionStore);
  readonly #preferences = inject(PreferencesStore);
  readonly #failures = signal(0);
  readonly #isHeard = signal(false);
  /** Whether the server has said what the user prefers: until then what this browser keeps may be another user's. */
  readonly isHeard = this.#isHeard.asReadonly();

  constructor() {
    effect((onCleanup) => {
      if (!this.#session.isLoggedIn()) return;
      const request = this.#api.preferences().subscribe({
        next: (stored) => {
          this.#preferences.adopt(this.#without(fromServer(stored), this.#preferences.changed()));
          this.#isHeard.set(true);
        },
        error: () => undefined,
      });
      onCleanup(() => {
        request.unsubscribe();
        this.#isHeard.set(false);
        // What one user changed is not the next one's.
        this.#preferences.settle(untracked(this.#preferences.changed));
      });
    });
    effect((onCleanup) => {
      const changed = this.#preferences.changed();
      if (Object.keys(changed).length === 0 || !this.#session.isLoggedIn()) return;
      const timer = setTimeout(() => this.#send(changed), this.#failures() === 0 ? SEND_AFTER_MS : TRY_AGAIN_AFTER_MS);
      onCleanup(() => clearTimeout(timer));
    });
  }

  #send(changed: Partial<Preferences>): void {
    this.#api.changePreferences(forServer(changed)).subscribe({
      next: () => {
        this.#failures.set(0);
        this.#preferences.settle(changed);
      },
      error: () => this.#failures.update((failures) => failures + 1),
    });
  }

  #without(stored: Partial<Preferences>, changed: Partial<Preferences>): Partial<Preferences> {
    const kept = PREFERENCE_KEYS.filter((key) => key in stored && !(key in changed));
    return Object.fromEntries(kept.map((key) => [key, stored[key]]));
  }
}
