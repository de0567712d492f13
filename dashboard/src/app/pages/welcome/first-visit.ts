import { inject, Injectable, signal } from '@angular/core';
import { SessionStore } from '../../session/session-store.ts';

const KEY = 'perfwatch.welcomed';
/** An installation whose first host is older needs no introduction, whatever this browser remembers. */
const NEW_MS = 86_400_000;

/** Whether an administrator sees this installation for the first time. */
@Injectable({ providedIn: 'root' })
export class FirstVisit {
  readonly #session = inject(SessionStore);
  readonly #isOver = signal(localStorage.getItem(KEY) !== null);

  /** False also while nobody knows who is logged in. */
  isDue(hosts: readonly { firstSeenMs: number }[]): boolean {
    if (this.#isOver() || !this.#session.isAdmin()) return false;
    return hosts.every(({ firstSeenMs }) => Date.now() - firstSeenMs < NEW_MS);
  }

  /** Not again, should the page be loaded anew. */
  seen(): void {
    localStorage.setItem(KEY, 'yes');
  }

  /** On to what comes after it. */
  finish(): void {
    this.seen();
    this.#isOver.set(true);
  }
}
