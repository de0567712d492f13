import { Component, computed, input, linkedSignal, model, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import type { Unit } from '@perfwatch/contract';
import { Icon } from '../controls/icon.ts';
import { figure, middleCut } from '../format/format.ts';
import type { ChoosableCollector } from './choosable.ts';
import { formatChoice, type MetricChoice } from './metric-choice.ts';
import { pickerRows, type ChoiceRow } from './picker-rows.ts';

/** A name longer than this is cut in its middle. */
const LONGEST_NAME = 48;

/** Metrics of any collector, chosen by search or by opening collector, dimension and instance; the catalog alone says what there is. */
@Component({
  selector: 'pw-metric-picker',
  imports: [FormsModule, MatFormField, MatLabel, MatInput, MatCheckbox, MatButton, Icon],
  templateUrl: './metric-picker.html',
  styleUrl: './metric-picker.scss',
})
export class MetricPicker {
  readonly collectors = input.required<readonly ChoosableCollector[]>();
  readonly chosen = model.required<readonly MetricChoice[]>();
  /** Most that may be chosen. */
  readonly most = input(24);
  protected readonly search = signal('');
  protected readonly longestName = LONGEST_NAME;
  protected readonly middleCut = middleCut;
  readonly #open = linkedSignal<readonly ChoosableCollector[], ReadonlySet<string>>({
    source: this.collectors,
    computation: (collectors, previous) => previous?.value ?? this.#firstOpen(collectors),
  });
  protected readonly isFull = computed(() => this.chosen().length >= this.most());
  protected readonly list = computed(() =>
    pickerRows(this.collectors(), { search: this.search(), open: this.#open(), chosen: new Set(this.chosen().map(formatChoice)) }),
  );

  /** What tells metrics of one name apart: interrupts in `%` of the time, and in `/s`. */
  protected unitText(unit: Unit | null): string {
    return figure(1, unit).unit;
  }

  protected toggleOpen(key: string): void {
    this.#open.update((open) => {
      const next = new Set(open);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }

  protected toggle({ key, choice }: ChoiceRow): void {
    this.chosen.update((chosen) => {
      const others = chosen.filter((other) => formatChoice(other) !== key);
      return others.length < chosen.length ? others : [...chosen, choice];
    });
  }

  /** What has something chosen, or else the first. */
  #firstOpen(collectors: readonly ChoosableCollector[]): ReadonlySet<string> {
    const chosen = this.chosen().map(({ collector }) => collector);
    const [first] = collectors;
    return new Set(chosen.length > 0 || first === undefined ? chosen : [first.name]);
  }
}
