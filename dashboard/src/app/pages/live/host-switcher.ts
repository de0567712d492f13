import { Component, computed, inject, Injector, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { RouterLink } from '@angular/router';
import { Icon } from '../../controls/icon.ts';

/** More hosts than this are searched rather than listed in a menu. */
const MOST_IN_MENU = 8;

/** The host's name, and the way to another one. Loaded only where there are several. */
@Component({
  selector: 'pw-host-switcher',
  imports: [MatButton, MatMenu, MatMenuItem, MatMenuTrigger, RouterLink, Icon],
  template: `
    @if (isMenu()) {
      <button matButton data-testid="host-switcher" [matMenuTriggerFor]="menu" [attr.aria-label]="'Host ' + host() + ', change'">
        {{ host() }} <pw-icon iconPositionEnd name="down" />
      </button>
      <mat-menu #menu="matMenu">
        @for (name of hosts(); track name) {
          <a mat-menu-item [routerLink]="['/hosts', name]">{{ name }}</a>
        }
      </mat-menu>
    } @else {
      <button matButton data-testid="host-switcher" [attr.aria-label]="'Host ' + host() + ', change'" (click)="search()">
        {{ host() }} <pw-icon iconPositionEnd name="down" />
      </button>
    }
  `,
  styles: `
    button {
      --mat-button-text-label-text-size: var(--text-lg);
      --mat-button-text-label-text-color: var(--text);

      margin-left: calc(-1 * var(--space-3));
    }
  `,
})
export class HostSwitcher {
  readonly host = input.required<string>();
  readonly hosts = input.required<readonly string[]>();
  readonly #injector = inject(Injector);
  protected readonly isMenu = computed(() => this.hosts().length <= MOST_IN_MENU);

  protected search(): void {
    void import('./host-search-dialog.ts').then(({ openHostSearch }) => openHostSearch(this.#injector, this.hosts()));
  }
}
