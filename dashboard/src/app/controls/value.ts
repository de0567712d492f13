import { Component, computed, input } from '@angular/core';
import { MatTooltip } from '@angular/material/tooltip';
import type { MetricValue, Unit } from '@perfwatch/contract';
import { figure, unitSuffix, UNKNOWN } from '../format/format.ts';

/** A value in its unit. What is not known is a dash that says why, on hover and to screen readers. */
@Component({
  selector: 'pw-value',
  imports: [MatTooltip],
  template: `@if (shown(); as figure) {
      <span>{{ figure.text }}</span>
      <small>{{ suffix() }}</small>
    } @else {
      <span class="unknown" role="note" tabindex="0" [matTooltip]="reason()" [attr.aria-label]="'not known: ' + reason()">{{
        unknown
      }}</span>
    }`,
  styles: `
    :host {
      white-space: nowrap;
    }
    small {
      color: var(--muted);
      font-size: 0.85em;
      font-weight: var(--weight-text);
    }
    :host(.figure) small {
      font-size: var(--text-md);
      letter-spacing: normal;
    }
    .unknown {
      color: var(--faint);
      border-bottom: var(--hairline) dotted currentColor;
      cursor: help;
    }
  `,
})
export class Value {
  readonly value = input.required<MetricValue>();
  readonly unit = input.required<Unit | null>();
  /** Why the value is null. */
  readonly reason = input('Not known at this tick');
  protected readonly unknown = UNKNOWN;
  protected readonly shown = computed(() => (this.value() === null ? null : figure(this.value(), this.unit())));
  protected readonly suffix = computed(() => unitSuffix(this.shown()?.unit ?? ''));
}
