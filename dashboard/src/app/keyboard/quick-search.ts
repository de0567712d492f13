import { Component, computed, inject, type Injector, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { FormsModule } from '@angular/forms';
import { MatAutocomplete, MatAutocompleteTrigger, MatOption } from '@angular/material/autocomplete';
import { MatDialog, MatDialogConfig, MatDialogContent, MatDialogRef } from '@angular/material/dialog';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import { catchError, map, of } from 'rxjs';
import { ApiClient } from '../api/api-client.ts';
import { middleCut } from '../format/format.ts';
import { type Destination, findDestinations, hostDestination, PAGES } from './destinations.ts';

const LONGEST_LABEL = 40;

/** A few letters and Enter lead to any page or host. */
@Component({
  selector: 'pw-quick-search',
  imports: [FormsModule, MatAutocomplete, MatAutocompleteTrigger, MatDialogContent, MatFormField, MatInput, MatLabel, MatOption],
  template: `
    <mat-dialog-content>
      <mat-form-field appearance="outline" subscriptSizing="dynamic">
        <mat-label>Go to a page or host</mat-label>
        <input
          matInput
          type="search"
          name="quick-search"
          data-testid="quick-search"
          autocomplete="off"
          cdkFocusInitial
          [matAutocomplete]="list"
          [ngModel]="typed()"
          (ngModelChange)="type($event)"
        />
        <mat-autocomplete #list autoActiveFirstOption (optionSelected)="go($event.option.value)">
          @for (destination of found(); track destination.link.join('/')) {
            <mat-option [value]="destination" [attr.title]="destination.label"
              >{{ cut(destination.label) }}<small>{{ destination.kind }}</small></mat-option
            >
          } @empty {
            <mat-option disabled>No page or host has this in its name</mat-option>
          }
        </mat-autocomplete>
      </mat-form-field>
    </mat-dialog-content>
  `,
  styles: `
    mat-form-field {
      width: 100%;
    }
    small {
      margin-left: var(--space-2);
      color: var(--muted);
    }
  `,
})
class QuickSearch {
  readonly #router = inject(Router);
  readonly #dialog = inject<MatDialogRef<QuickSearch>>(MatDialogRef);
  readonly #hosts = toSignal(
    inject(ApiClient)
      .hosts()
      .pipe(
        map(({ hosts }) => hosts.map(({ host }) => hostDestination(host))),
        // Pages are found without the server.
        catchError(() => of([])),
      ),
    { initialValue: [] },
  );
  protected readonly typed = signal('');
  protected readonly found = computed(() => findDestinations([...PAGES, ...this.#hosts()], this.typed()));

  protected cut(label: string): string {
    return middleCut(label, LONGEST_LABEL);
  }

  /** Text, or the destination that was chosen. */
  protected type(value: string | Destination): void {
    if (typeof value === 'string') this.typed.set(value);
  }

  protected go(destination: Destination): void {
    this.#dialog.close();
    void this.#router.navigate([...destination.link]);
  }
}

/** Opens the search of pages and hosts. */
export function openQuickSearch(injector: Injector): void {
  const config = Object.assign(new MatDialogConfig(), { ariaLabel: 'Go to', width: 'min(440px, 94vw)', position: { top: '12vh' } });
  injector.get(MatDialog).open(QuickSearch, config);
}
