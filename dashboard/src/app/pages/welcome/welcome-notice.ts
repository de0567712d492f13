import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { FirstVisit } from './first-visit.ts';

/** A line above the first page that an administrator sees: nothing stands in the way of what was asked for. */
@Component({
  selector: 'pw-welcome-notice',
  imports: [MatButton, RouterLink],
  template: `
    @if (firstVisit.isDue()) {
      <aside aria-label="Welcome" data-testid="welcome-notice">
        <p>Welcome to PerfWatch. This machine is watched already.</p>
        <a matButton routerLink="/welcome" data-testid="welcome-open">What is collected, and how to add more</a>
        <button matButton data-testid="welcome-dismiss" (click)="firstVisit.finish()">Dismiss</button>
      </aside>
    }
  `,
  styles: `
    aside {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-1) var(--space-3);
      align-items: center;
      padding: var(--space-1) var(--space-4);
      border-bottom: var(--hairline) solid var(--line);
      background: var(--surface);
      color: var(--muted);
      font-size: var(--text-sm);
    }
  `,
})
export class WelcomeNotice {
  protected readonly firstVisit = inject(FirstVisit);
}
