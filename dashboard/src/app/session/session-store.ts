import { computed, inject, Injectable, signal } from '@angular/core';
import { Router } from '@angular/router';
import type { Me } from '@perfwatch/contract';
import { tokenStorage } from './token-storage.ts';

/** Who is logged in. The one place that knows the token. */
@Injectable({ providedIn: 'root' })
export class SessionStore {
  readonly #router = inject(Router);
  readonly #token = signal(tokenStorage.read());
  readonly token = this.#token.asReadonly();
  readonly me = signal<Me | null>(null);
  /** Why the log-in page is shown, when it was not asked for. */
  readonly notice = signal<string | null>(null);
  readonly isLoggedIn = computed(() => this.#token() !== null);
  readonly isAdmin = computed(() => this.me()?.role === 'admin');

  constructor() {
    tokenStorage.watch((token) => {
      this.#token.set(token);
      if (token === null) this.end('You logged out in another tab.');
    });
  }

  begin(token: string): void {
    tokenStorage.write(token);
    this.#token.set(token);
    this.notice.set(null);
  }

  /** Forgets the token and goes to the log-in page, which says why and comes back here afterwards. */
  end(notice: string | null): void {
    tokenStorage.write(null);
    this.#token.set(null);
    this.me.set(null);
    this.notice.set(notice);
    const from = this.#router.url;
    const queryParams = notice === null || from.startsWith('/login') ? {} : { from };
    void this.#router.navigate(['/login'], { queryParams });
  }
}
