import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { GlobalShortcuts } from '../../keyboard/global-shortcuts.ts';

const LONGEST_ADDRESS = 200;

/** For an address that is none of ours. */
@Component({
  selector: 'pw-not-found-page',
  imports: [RouterLink, MatButton],
  template: `
    <main data-testid="not-found">
      <p class="code" aria-hidden="true">404</p>
      <h1>There is nothing at this address</h1>
      <p>
        <code>{{ address }}</code> may be mistyped, or of another version of PerfWatch.
      </p>
      <p class="ways">
        <a matButton="filled" routerLink="/hosts">To the hosts</a>
        <button matButton data-testid="not-found-search" (click)="search()">Search pages and hosts</button>
      </p>
    </main>
  `,
  styles: `
    main {
      display: grid;
      gap: var(--space-3);
      place-content: center;
      justify-items: center;
      min-height: 80dvh;
      padding: var(--space-4);
      color: var(--muted);
      text-align: center;
    }
    .code {
      color: var(--faint);
      font-size: var(--text-figure);
      font-weight: var(--weight-title);
    }
    h1 {
      color: var(--text);
      font-size: var(--text-lg);
      font-weight: var(--weight-title);
      outline: none;
    }
    code {
      color: var(--text);
      overflow-wrap: anywhere;
    }
    .ways {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-2);
      justify-content: center;
    }
  `,
})
export default class NotFoundPage {
  readonly #shortcuts = inject(GlobalShortcuts);
  protected readonly address = inject(Router).url.slice(0, LONGEST_ADDRESS);

  protected search(): void {
    void this.#shortcuts.search();
  }
}
