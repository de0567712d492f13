import { LocationStrategy } from '@angular/common';
import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { NavigationEnd, Router } from '@angular/router';
import { filter } from 'rxjs';
import { Icon } from '../controls/icon.ts';
import { LoadFault } from './load-fault.ts';

/** Above everything while a page could not be loaded; the one shown before stays. */
@Component({
  selector: 'pw-load-notice',
  imports: [MatButton, Icon],
  template: `
    @if (fault.url() !== null) {
      <div class="notice" data-testid="load-notice">
        <pw-icon name="alert" />
        <p>This page could not be loaded: PerfWatch does not answer, or it was updated and the browser still has the old one.</p>
        <button matButton (click)="load()">Load again</button>
      </div>
    }
  `,
  styles: `
    .notice {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-2);
      align-items: center;
      padding: var(--space-2) var(--space-4);
      border-bottom: var(--hairline) solid var(--line);
      background: var(--surface);
    }
    pw-icon {
      color: var(--warn);
    }
    p {
      flex: 1;
      min-width: 0;
    }
  `,
  host: { role: 'alert' },
})
export class LoadNotice {
  protected readonly fault = inject(LoadFault);
  readonly #location = inject(LocationStrategy);

  constructor() {
    inject(Router)
      .events.pipe(filter((event) => event instanceof NavigationEnd))
      .subscribe(() => this.fault.forget());
  }

  /** As a whole: only so does an updated dashboard come. */
  protected load(): void {
    const url = this.fault.url();
    if (url !== null) window.location.assign(this.#location.prepareExternalUrl(url));
  }
}
