import { Component, computed, inject, input, linkedSignal, output } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { PreferencesStore } from '../../preferences/preferences-store.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';
import { parseEnd, typedMoment } from '../../format/range-text.ts';
import type { GivenWindows } from './compare-state.ts';

const FIELDS = [
  { name: 'start1', label: 'This period from' },
  { name: 'end1', label: 'until' },
  { name: 'start2', label: 'Before from' },
  { name: 'end2', label: 'until' },
] as const;

/** Two windows, typed or picked, in the zone in which times are shown. */
@Component({
  selector: 'pw-window-inputs',
  imports: [FormsModule, MatFormField, MatLabel, MatInput, MatButton],
  template: `<form (ngSubmit)="apply()" novalidate>
    @for (field of fields; track field.name) {
      <mat-form-field appearance="outline" subscriptSizing="dynamic">
        <mat-label>{{ field.label }}</mat-label>
        <input
          matInput
          type="datetime-local"
          step="1"
          [name]="field.name"
          [attr.data-testid]="'compare-' + field.name"
          [ngModel]="typed()[field.name]"
          (ngModelChange)="type(field.name, $event)"
        />
      </mat-form-field>
    }
    <span>Times in {{ zone().zone }}</span>
    <button matButton="tonal" type="submit" data-testid="compare-apply" [disabled]="fault() !== null">Compare</button>
    @if (fault(); as text) {
      <p role="alert">{{ text }}</p>
    }
  </form>`,
  styles: `
    form {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-2) var(--space-3);
      align-items: center;
      color: var(--muted);
    }
    p {
      color: var(--bad);
    }
    @media (max-width: 700px) {
      mat-form-field {
        flex: 1 1 100%;
      }
    }
  `,
})
export class WindowInputs {
  readonly windows = input.required<GivenWindows>();
  readonly windowsChange = output<GivenWindows>();
  protected readonly fields = FIELDS;
  readonly #choice = inject(PreferencesStore).timeZone;
  protected readonly zone = inject(TimeDisplay).clock;
  protected readonly typed = linkedSignal<GivenWindows>(() => {
    const windows = this.windows();
    const text = (iso: string) => typedMoment(Date.parse(iso), this.#choice(), 'T');
    return { start1: text(windows.start1), end1: text(windows.end1), start2: text(windows.start2), end2: text(windows.end2) };
  });
  readonly #times = computed(() => FIELDS.map(({ name }) => parseEnd(this.typed()[name], { zone: this.#choice(), nowMs: Date.now() })));
  protected readonly fault = computed(() => {
    const times = this.#times().map((end) => (end?.kind === 'absolute' ? end.timeMs : NaN));
    const [start1 = NaN, end1 = NaN, start2 = NaN, end2 = NaN] = times;
    if (times.some(Number.isNaN)) return 'Enter all four times.';
    return start1 < end1 && start2 < end2 ? null : 'A window has to end after its start.';
  });

  protected type(name: keyof GivenWindows, text: string): void {
    this.typed.update((typed) => ({ ...typed, [name]: text }));
  }

  protected apply(): void {
    const [start1, end1, start2, end2] = this.#times().map((end) => (end?.kind === 'absolute' ? new Date(end.timeMs).toISOString() : null));
    if (this.fault() === null && start1 && end1 && start2 && end2) this.windowsChange.emit({ start1, end1, start2, end2 });
  }
}
