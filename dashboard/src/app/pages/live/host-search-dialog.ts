import { Component, computed, inject, type Injector, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialog,
  MatDialogActions,
  MatDialogClose,
  MatDialogConfig,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';

/** Hosts listed at once: more are found by searching. */
const MOST_LISTED = 100;

/** Another host, found by its name. */
@Component({
  selector: 'pw-host-search-dialog',
  imports: [
    FormsModule,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    MatFormField,
    MatInput,
    MatLabel,
    RouterLink,
  ],
  template: `
    <h2 matDialogTitle>Hosts</h2>
    <mat-dialog-content>
      <mat-form-field appearance="outline" subscriptSizing="dynamic">
        <mat-label>Search hosts</mat-label>
        <input
          matInput
          type="search"
          name="search"
          autocomplete="off"
          data-testid="host-search"
          [ngModel]="search()"
          (ngModelChange)="search.set($event)"
        />
      </mat-form-field>
      <ul>
        @for (host of found(); track host) {
          <li>
            <a matDialogClose [routerLink]="['/hosts', host]">{{ host }}</a>
          </li>
        } @empty {
          <li>No host has this in its name.</li>
        }
      </ul>
    </mat-dialog-content>
    <mat-dialog-actions align="end"><button matButton matDialogClose>Cancel</button></mat-dialog-actions>
  `,
  styles: `
    mat-dialog-content {
      display: grid;
      gap: var(--space-2);
      padding-top: var(--space-2);
    }
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    a {
      display: flex;
      align-items: center;
      min-height: var(--touch);
      overflow-wrap: anywhere;
    }
  `,
})
class HostSearchDialog {
  readonly #hosts = inject<readonly string[]>(MAT_DIALOG_DATA);
  protected readonly search = signal('');
  protected readonly found = computed(() => {
    const wanted = this.search().trim().toLowerCase();
    return this.#hosts.filter((host) => host.toLowerCase().includes(wanted)).slice(0, MOST_LISTED);
  });
}

/** Lets the viewer look for another host. */
export function openHostSearch(injector: Injector, hosts: readonly string[]): void {
  injector
    .get(MatDialog)
    .open<HostSearchDialog, readonly string[]>(
      HostSearchDialog,
      Object.assign(new MatDialogConfig<readonly string[]>(), { data: hosts, width: 'var(--dialog)' }),
    );
}
