import { computed, inject, Injectable, signal } from '@angular/core';
import { SessionStore } from '../../session/session-store.ts';

const KEY = 'perfwatch.welcomed';

/** Whether an administrator has not been welcomed in this browser yet. */
@Injectable({ providedIn: 'root' })
export class FirstVisit {
  readonly #session = inject(SessionStore);
  readonly #isOver = signal(localStorage.getItem(KEY) !== null);
  /** False also while nobody knows who is logged in. */
  readonly isDue = computed(() => !this.#isOver() && this.#session.isAdmin());

  finish(): void {
    localStorage.setItem(KEY, 'yes');
    this.#isOver.set(true);
  }
}
