import { Component, inject, type Injector } from '@angular/core';
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
import { RouterLink } from '@angular/router';
import type { MetricValue } from '@perfwatch/contract';
import type { CollectorInfo } from '../catalog/describe.ts';
import { figureText } from '../format/format.ts';
import { absences } from './generic-charts.ts';

export interface CapabilityQuery {
  host: string;
  info: CollectorInfo;
  /** What is counted together, with the share of the time that it was. */
  groups: readonly { name: string; sharePercent: MetricValue }[];
}

/** Shows what a host can count and what it cannot, with the cause and the cure of each. */
export function openCapabilityReport(injector: Injector, query: CapabilityQuery): void {
  const config = Object.assign(new MatDialogConfig<CapabilityQuery>(), { data: query, maxWidth: 'min(720px, 94vw)', autoFocus: 'dialog' });
  injector.get(MatDialog).open(CapabilityReport, config);
}

@Component({
  selector: 'pw-capability-report',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle, RouterLink],
  template: `
    <h2 matDialogTitle>What {{ host }} can count</h2>
    <mat-dialog-content data-testid="capability-report">
      <section>
        <h3>Counted</h3>
        @if (counted.length > 0) {
          <p>{{ counted.join(' · ') }}</p>
        } @else {
          <p>Nothing.</p>
        }
        @if (groups !== '') {
          <p>Share of the time that each group was counted: {{ groups }}</p>
        }
      </section>
      @for (absence of missing; track absence.reason) {
        <section>
          <h3>Not counted: {{ absence.titles.length }}</h3>
          <p>{{ absence.titles.join(' · ') }}</p>
          <p class="cure">{{ absence.reason }}</p>
        </section>
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <a matButton matDialogClose routerLink="/settings/perf-events">Settings of perf events</a>
      <button matButton matDialogClose>Close</button>
    </mat-dialog-actions>
  `,
  styles: `
    section {
      display: grid;
      gap: var(--space-1);
      padding: var(--space-3) 0;
      border-top: var(--hairline) solid var(--line);
    }
    section:first-child {
      border-top: 0;
    }
    h3 {
      font-size: var(--text-md);
      font-weight: var(--weight-strong);
    }
    p {
      color: var(--muted);
    }
    .cure {
      color: var(--text);
    }
  `,
})
export class CapabilityReport {
  readonly #query = inject<CapabilityQuery>(MAT_DIALOG_DATA);
  protected readonly host = this.#query.host;
  protected readonly counted = this.#query.info.metrics.filter(({ unavailable }) => unavailable === null).map(({ title }) => title);
  protected readonly missing = absences(this.#query.info);
  protected readonly groups = this.#query.groups
    .map(({ name, sharePercent }) => `${name} ${figureText(sharePercent, 'percent')}`)
    .join(' · ');
}
