import { Component, DestroyRef, inject, type Injector, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
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
import type { Subscription } from 'rxjs';
import { HistoryApi } from '../../api/history-api.ts';
import { problemText } from '../../api/problem-text.ts';
import { Segments } from '../../controls/segments.ts';
import { figureText } from '../../format/format.ts';
import type { HistoryQuery } from './history-queries.ts';
import { fileNameOf, saveFile } from './save-file.ts';

interface ExportDialogData {
  /** What is on the page, a query for each collector. */
  queries: readonly HistoryQuery[];
  titles: ReadonlyMap<string, string>;
  /** What the page shows now, by collector, such as `5m`. */
  shownSteps: ReadonlyMap<string, string>;
  picture(): HTMLCanvasElement | null;
}

/** How far the file of a collector is. */
interface Progress {
  text: string;
  isRunning: boolean;
  isBad: boolean;
}

/** What is on the page as files: numbers by collector, and the charts as a picture. */
@Component({
  selector: 'pw-export-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle, Segments],
  templateUrl: './export-dialog.html',
  styleUrl: './export-dialog.scss',
})
class ExportDialog {
  readonly #history = inject(HistoryApi);
  readonly #destroyRef = inject(DestroyRef);
  protected readonly data = inject<ExportDialogData>(MAT_DIALOG_DATA);
  protected readonly formats = [
    { value: 'csv', label: 'CSV' },
    { value: 'ndjson', label: 'NDJSON' },
  ] as const;
  protected readonly steps = [
    { value: 'raw', label: 'Every sample' },
    { value: 'shown', label: 'As shown' },
  ] as const;
  protected readonly format = signal<'csv' | 'ndjson'>('csv');
  protected readonly step = signal<'raw' | 'shown'>('raw');
  protected readonly progress = signal<ReadonlyMap<string, Progress>>(new Map());
  protected readonly pictureText = signal('');
  readonly #running = new Map<string, Subscription>();

  protected download(query: HistoryQuery): void {
    const { collector, hosts, fromMs } = query;
    const format = this.format();
    const interval = this.step() === 'raw' ? 'raw' : (this.data.shownSteps.get(collector) ?? 'auto');
    this.#tell(collector, { text: 'Waiting for the first bytes', isRunning: true, isBad: false });
    const request = this.#history
      .download({ ...query, interval, format })
      .pipe(takeUntilDestroyed(this.#destroyRef))
      .subscribe({
        next: ({ loadedBytes, file }) => {
          const size = figureText(loadedBytes, 'bytes');
          this.#tell(collector, { text: file === null ? `${size} so far` : `${size} saved`, isRunning: file === null, isBad: false });
          if (file !== null) saveFile(file, fileNameOf({ what: collector, hosts, fromMs, ending: format }));
        },
        error: (error: unknown) => this.#tell(collector, { text: problemText(error), isRunning: false, isBad: true }),
      });
    this.#running.set(collector, request);
  }

  protected cancel({ collector }: HistoryQuery): void {
    this.#running.get(collector)?.unsubscribe();
    this.#tell(collector, { text: 'Cancelled', isRunning: false, isBad: false });
  }

  protected savePicture(): void {
    const { hosts, fromMs } = this.data.queries[0] ?? { hosts: [], fromMs: 0 };
    const picture = this.data.picture();
    if (picture === null) {
      this.pictureText.set('No chart is on the page.');
      return;
    }
    picture.toBlob((file) => {
      if (file === null) this.pictureText.set('The charts are too large for one picture: show fewer.');
      else {
        saveFile(file, fileNameOf({ what: 'charts', hosts, fromMs, ending: 'png' }));
        this.pictureText.set(`${figureText(file.size, 'bytes')} saved`);
      }
    }, 'image/png');
  }

  #tell(collector: string, progress: Progress): void {
    this.progress.update((before) => new Map(before).set(collector, progress));
  }
}

/** Offers what is on the page as files. */
export function openExportDialog(injector: Injector, data: ExportDialogData): void {
  const config = Object.assign(new MatDialogConfig<ExportDialogData>(), { data, width: 'min(var(--measure), 96vw)' });
  injector.get(MatDialog).open<ExportDialog, ExportDialogData>(ExportDialog, config);
}
