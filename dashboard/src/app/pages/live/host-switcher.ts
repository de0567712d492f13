import { Component, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { RouterLink } from '@angular/router';
import { Icon } from '../../controls/icon.ts';

/** The host's name as a menu of all hosts. Loaded only where there are several. */
@Component({
  selector: 'pw-host-switcher',
  imports: [MatButton, MatMenu, MatMenuItem, MatMenuTrigger, RouterLink, Icon],
  template: `
    <button matButton data-testid="host-switcher" [matMenuTriggerFor]="menu" [attr.aria-label]="'Host ' + host() + ', change'">
      {{ host() }} <pw-icon iconPositionEnd name="down" />
    </button>
    <mat-menu #menu="matMenu">
      @for (name of hosts(); track name) {
        <a mat-menu-item [routerLink]="['/hosts', name]">{{ name }}</a>
      }
    </mat-menu>
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
}
