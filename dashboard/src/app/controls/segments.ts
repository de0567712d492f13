import { _IdGenerator } from '@angular/cdk/a11y';
import { Component, inject, input, output } from '@angular/core';

/** One of a few choices. */
export interface Segment<T> {
  value: T;
  label: string;
  /** In full, for those who hear it. */
  name?: string;
}

/** A row of choices of which one is taken: radio buttons that look like one control. The arrow keys move the choice. */
@Component({
  selector: 'pw-segments',
  template: `
    @for (segment of segments(); track segment.value) {
      <label [attr.data-testid]="testId() + '-' + segment.label.toLowerCase()">
        <input
          type="radio"
          [name]="group"
          [checked]="segment.value === value()"
          [attr.aria-label]="segment.name ?? null"
          (change)="valueChange.emit(segment.value)"
        />
        <span>{{ segment.label }}</span>
      </label>
    }
  `,
  host: { role: 'radiogroup', '[attr.aria-label]': 'label()' },
  styleUrl: './segments.scss',
})
export class Segments<T> {
  readonly segments = input.required<readonly Segment<T>[]>();
  readonly value = input.required<T>();
  readonly label = input.required<string>();
  readonly testId = input.required<string>();
  readonly valueChange = output<T>();
  protected readonly group = inject(_IdGenerator).getId('segments-');
}
