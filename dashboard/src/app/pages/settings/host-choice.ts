import { Component, inject } from '@angular/core';
import { MatFormField } from '@angular/material/form-field';
import { MatOption, MatSelect } from '@angular/material/select';
import { middleCut } from '../../format/format.ts';
import { CollectionStore } from './collection-store.ts';
import { SettingRow } from './setting-row.ts';

const LONGEST_NAME = 28;

/** Which hosts the settings below are for. */
@Component({
  selector: 'pw-host-choice',
  imports: [MatFormField, MatSelect, MatOption, SettingRow],
  template: `
    <pw-setting label="Applies to" labelId="host-choice-label" help="A host has what all hosts have, but for what is set for it alone.">
      <mat-form-field appearance="outline" subscriptSizing="dynamic">
        <mat-select
          canSelectNullableOptions
          aria-labelledby="host-choice-label"
          data-testid="settings-host"
          [value]="store.host()"
          [title]="store.host() ?? ''"
          (valueChange)="store.host.set($event)"
        >
          <mat-option [value]="null">All hosts</mat-option>
          @for (host of store.hosts(); track host) {
            <mat-option [value]="host" [title]="host">{{ short(host) }}</mat-option>
          }
        </mat-select>
      </mat-form-field>
    </pw-setting>
  `,
  styles: `
    pw-setting {
      padding-top: 0;
      border-top: 0;
    }
    mat-form-field {
      width: 220px;
      max-width: 100%;
    }
  `,
})
export class HostChoice {
  protected readonly store = inject(CollectionStore);
  protected readonly short = (host: string) => middleCut(host, LONGEST_NAME);
}
