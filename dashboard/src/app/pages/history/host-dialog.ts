import { Component, computed, inject, type Injector, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
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
import { firstValueFrom } from 'rxjs';
import { MOST_HOSTS } from './history-state.ts';

interface HostDialogData {
  hosts: readonly string[];
  chosen: readonly string[];
}

/** Hosts listed at once: more are found by searching. */
const MOST_LISTED = 100;

/** Whose history the page shows. */
@Component({
  selector: 'pw-host-dialog',
  imports: [
    FormsModule,
    MatButton,
    MatCheckbox,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    MatFormField,
    MatInput,
    MatLabel,
  ],
  template: `
    <h2 matDialogTitle>Hosts</h2>
    <mat-dialog-content>
      <mat-form-field appearance="outline" subscriptSizing="dynamic">
        <mat-label>Search hosts</mat-label>
        <input matInput type="search" name="search" data-testid="host-search" autocomplete="off" [(ngModel)]="search" />
      </mat-form-field>
      <ul>
        @for (host of found(); track host) {
          <li>
            <mat-checkbox
              [checked]="chosen().includes(host)"
              [disabled]="!chosen().includes(host) && chosen().length >= most"
              [attr.data-testid]="'choose-' + host"
              (change)="toggle(host)"
              >{{ host }}</mat-checkbox
            >
          </li>
        } @empty {
          <li>No host has this in its name.</li>
        }
      </ul>
      <p>Up to {{ most }} hosts at once.</p>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton matDialogClose>Cancel</button>
      <button matButton="filled" data-testid="hosts-apply" [disabled]="chosen().length === 0" [matDialogClose]="chosen()">Show</button>
    </mat-dialog-actions>
  `,
  styles: `
    mat-dialog-content {
      display: grid;
      gap: var(--space-2);
    }
    mat-form-field {
      margin-top: var(--space-2);
    }
    ul {
      max-height: 50dvh;
      margin: 0;
      padding: 0;
      overflow-y: auto;
      list-style: none;
    }
    p {
      color: var(--muted);
      font-size: var(--text-sm);
    }
  `,
})
class HostDialog {
  readonly #data = inject<HostDialogData>(MAT_DIALOG_DATA);
  protected readonly most = MOST_HOSTS;
  protected readonly search = signal('');
  protected readonly chosen = signal(this.#data.chosen);
  protected readonly found = computed(() => {
    const text = this.search().trim().toLowerCase();
    return this.#data.hosts.filter((host) => host.toLowerCase().includes(text)).slice(0, MOST_LISTED);
  });

  protected toggle(host: string): void {
    this.chosen.update((chosen) => (chosen.includes(host) ? chosen.filter((other) => other !== host) : [...chosen, host]));
  }
}

/** Asks for hosts; undefined when the dialog was closed without an answer. */
export async function openHostDialog(injector: Injector, data: HostDialogData): Promise<readonly string[] | undefined> {
  const config = Object.assign(new MatDialogConfig<HostDialogData>(), { data, width: 'var(--dialog)' });
  const dialog = injector.get(MatDialog).open<HostDialog, HostDialogData, readonly string[] | ''>(HostDialog, config);
  const answer = await firstValueFrom(dialog.afterClosed());
  return answer === '' ? undefined : answer;
}
