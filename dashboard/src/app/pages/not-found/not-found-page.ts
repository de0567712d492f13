import { Component } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

/** For an address that is none of ours. */
@Component({
  selector: 'pw-not-found-page',
  imports: [RouterLink, MatButton],
  template: `
    <main>
      <p class="code">404</p>
      <h1>There is nothing at this address</h1>
      <p>The page may have moved, or the address may be mistyped.</p>
      <a matButton="filled" routerLink="/">To the hosts</a>
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
    }
  `,
})
export default class NotFoundPage {}
