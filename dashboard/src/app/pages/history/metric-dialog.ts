import { Component, inject, type Injector, signal } from '@angular/core';
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
import { firstValueFrom } from 'rxjs';
import type { ChoosableCollector } from '../../catalog/choosable.ts';
import type { MetricChoice } from '../../catalog/metric-choice.ts';
import { MetricPicker } from '../../catalog/metric-picker.ts';
import { MOST_METRICS } from './history-state.ts';

interface MetricDialogData {
  collectors: readonly ChoosableCollector[];
  chosen: readonly MetricChoice[];
}

/** Which metrics the page shows. */
@Component({
  selector: 'pw-metric-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle, MetricPicker],
  template: `
    <h2 matDialogTitle>Metrics</h2>
    <mat-dialog-content><pw-metric-picker [collectors]="data.collectors" [most]="most" [(chosen)]="chosen" /></mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton data-testid="metrics-none" [disabled]="chosen().length === 0" (click)="chosen.set([])">None</button>
      <button matButton matDialogClose>Cancel</button>
      <button matButton="filled" data-testid="metrics-apply" [matDialogClose]="chosen()">Show {{ chosen().length }}</button>
    </mat-dialog-actions>
  `,
  styles: `
    mat-dialog-content {
      display: flex;
      flex-direction: column;
      height: 70dvh;
    }
    pw-metric-picker {
      flex: 1;
    }
  `,
})
class MetricDialog {
  protected readonly data = inject<MetricDialogData>(MAT_DIALOG_DATA);
  protected readonly chosen = signal(this.data.chosen);
  protected readonly most = MOST_METRICS;
}

/** Asks for metrics; undefined when the dialog was closed without an answer. */
export async function openMetricDialog(injector: Injector, data: MetricDialogData): Promise<readonly MetricChoice[] | undefined> {
  const config = Object.assign(new MatDialogConfig<MetricDialogData>(), {
    data,
    width: 'min(var(--measure), 96vw)',
    autoFocus: 'input[type=search]',
  });
  const dialog = injector.get(MatDialog).open<MetricDialog, MetricDialogData, readonly MetricChoice[] | ''>(MetricDialog, config);
  const answer = await firstValueFrom(dialog.afterClosed());
  return answer === '' ? undefined : answer;
}
