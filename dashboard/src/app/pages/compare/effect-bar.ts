import { Component, computed, input } from '@angular/core';
import type { MetricComparison } from '@perfwatch/contract';
import { effectMarks } from './effect-scale.ts';

/** An effect as a dot and its 95 % interval as a line, around 0 in the middle. The verdict beside it says the same in words. */
@Component({
  selector: 'pw-effect-bar',
  template: `<i class="zero"></i>
    @if (marks(); as at) {
      <i class="whisker" [style.left.%]="at.from" [style.width.%]="at.to - at.from"></i>
      <i class="dot" [style.left.%]="at.dot"></i>
    }`,
  host: { 'aria-hidden': 'true', '[class.clear]': 'isClear()' },
  styles: `
    :host {
      position: relative;
      display: block;
      height: var(--spark-row);
      color: var(--faint);
    }
    :host(.clear) {
      color: var(--accent);
    }
    i {
      position: absolute;
      top: 50%;
    }
    .zero {
      top: 0;
      left: 50%;
      height: 100%;
      border-left: var(--hairline) dashed var(--faint);
    }
    .whisker {
      border-top: var(--focus) solid currentColor;
      transform: translateY(-50%);
    }
    .dot {
      width: var(--dot);
      height: var(--dot);
      border-radius: 50%;
      background: currentColor;
      transform: translate(-50%, -50%);
    }
  `,
})
export class EffectBar {
  readonly comparison = input.required<MetricComparison>();
  readonly limit = input.required<number>();
  protected readonly isClear = computed(() => this.comparison().verdict === 'higher' || this.comparison().verdict === 'lower');
  protected readonly marks = computed(() => {
    const { effect } = this.comparison();
    return effect === null ? null : effectMarks(effect, this.limit());
  });
}
