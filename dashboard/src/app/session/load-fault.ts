import { Injectable, signal } from '@angular/core';
import type { NavigationError } from '@angular/router';

/** Where a page could not be loaded: the server is away, or was updated and has other files by now. */
@Injectable({ providedIn: 'root' })
export class LoadFault {
  readonly #url = signal<string | null>(null);
  /** The address of the page, null while all is well. */
  readonly url = this.#url.asReadonly();

  happened({ url }: Pick<NavigationError, 'url'>): void {
    this.#url.set(url);
  }

  forget(): void {
    this.#url.set(null);
  }
}
