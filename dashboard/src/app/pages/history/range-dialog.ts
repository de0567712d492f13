import { Component, computed, inject, type Injector, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton, MatIconButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialog,
  MatDialogActions,
  MatDialogClose,
  MatDialogConfig,
  MatDialogContent,
  MatDialogRef,
  MatDialogTitle,
} from '@angular/material/dialog';
import { MatFormField, MatHint, MatLabel, MatSuffix } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { firstValueFrom } from 'rxjs';
import { Icon } from '../../controls/icon.ts';
import { Segments } from '../../controls/segments.ts';
import { PreferencesStore } from '../../preferences/preferences-store.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';
import { parseEnd, resolveRange, typedEnd, typedMoment, type RangeEnd } from '../../format/range-text.ts';
import { spanText } from './resolution-text.ts';

/** Both ends of a range. */
export interface ChosenEnds {
  from: RangeEnd;
  to: RangeEnd;
}

const ENDS = ['from', 'to'] as const;
type EndName = (typeof ENDS)[number];

/** Any range: typed, or picked from the browser's own calendar and clock. */
@Component({
  selector: 'pw-range-dialog',
  imports: [
    FormsModule,
    Icon,
    MatButton,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    MatFormField,
    MatHint,
    MatIconButton,
    MatInput,
    MatLabel,
    MatSuffix,
    Segments,
  ],
  templateUrl: './range-dialog.html',
  styleUrl: './range-dialog.scss',
})
class RangeDialog {
  readonly #dialog = inject<MatDialogRef<RangeDialog, ChosenEnds>>(MatDialogRef);
  readonly #data = inject<ChosenEnds>(MAT_DIALOG_DATA);
  protected readonly preferences = inject(PreferencesStore);
  protected readonly clock = inject(TimeDisplay).clock;
  protected readonly zones = [
    { value: 'local', label: 'Local' },
    { value: 'utc', label: 'UTC' },
  ] as const;
  protected readonly fields = [
    { name: 'from', label: 'From' },
    { name: 'to', label: 'To' },
  ] as const;
  readonly #zone = this.preferences.timeZone;
  protected readonly texts = {
    from: signal(typedEnd(this.#data.from, this.#zone())),
    to: signal(typedEnd(this.#data.to, this.#zone())),
  };
  readonly #parsed = computed(() => {
    const how = { zone: this.#zone(), nowMs: Date.now() };
    return { from: parseEnd(this.texts.from(), how), to: parseEnd(this.texts.to(), how) };
  });
  readonly #range = computed(() => {
    const { from, to } = this.#parsed();
    return from === null || to === null ? null : { from, to, ...resolveRange({ from, to }, Date.now()) };
  });
  /** What is wrong with a field; null when nothing is. */
  protected readonly faults = computed(() => {
    const { from, to } = this.#parsed();
    const unread = 'Write 2026-11-24 13:00, 13:00, yesterday or now-6h';
    const range = this.#range();
    const isBackward = range !== null && from?.kind === 'absolute' && from.timeMs >= range.toMs;
    return { from: from === null ? unread : isBackward ? 'This is not before the end' : null, to: to === null ? unread : null };
  });
  protected readonly summary = computed(() => {
    const range = this.#range();
    if (range === null || this.faults().from !== null) return '';
    const clock = this.clock();
    return `${clock.moment(range.fromMs)} to ${clock.moment(range.toMs)}, ${spanText(range.toMs - range.fromMs)}`;
  });

  /** A switch of the zone keeps the moments that were typed. */
  protected useZone(zone: 'local' | 'utc'): void {
    const ends = this.#parsed();
    this.preferences.patch({ timeZone: zone });
    for (const name of ENDS) {
      const end = ends[name];
      if (end !== null) this.texts[name].set(typedEnd(end, zone));
    }
  }

  /** What the native field shows: it knows no zone but the one written beside it. */
  protected native(name: EndName): string {
    const range = this.#range();
    return range === null ? '' : typedMoment(name === 'from' ? range.fromMs : range.toMs, this.#zone(), 'T');
  }

  protected pick(name: EndName, event: Event): void {
    if (event.target instanceof HTMLInputElement && event.target.value !== '') this.texts[name].set(event.target.value.replace('T', ' '));
  }

  protected open(field: HTMLInputElement): void {
    field.showPicker();
  }

  protected apply(): void {
    const range = this.#range();
    const { from, to } = this.faults();
    if (range !== null && from === null && to === null) this.#dialog.close({ from: range.from, to: range.to });
  }
}

/** Asks for a range; undefined when the dialog was closed without one. */
export function openRangeDialog(injector: Injector, ends: ChosenEnds): Promise<ChosenEnds | undefined> {
  const config = Object.assign(new MatDialogConfig<ChosenEnds>(), { data: ends, width: 'var(--dialog)' });
  const dialog = injector.get(MatDialog).open<RangeDialog, ChosenEnds, ChosenEnds>(RangeDialog, config);
  return firstValueFrom(dialog.afterClosed());
}
