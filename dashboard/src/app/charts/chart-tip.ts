import { Component, computed, inject, input } from '@angular/core';
import { figureText } from '../format/format.ts';
import type { FrameRow } from '../live/frame.ts';
import { TimeDisplay } from '../preferences/time-display.ts';
import { ThemeStore } from '../theme/theme-store.ts';
import type { ChartSpec } from './chart-spec.ts';

/** What a chart says of the moment under the pointer: each series, topmost layer first. */
@Component({
  selector: 'pw-chart-tip',
  template: `<time>{{ time() }}</time>
    @for (line of lines(); track line.title) {
      <i [style.background]="line.colour"></i><span>{{ line.title }}</span
      ><b>{{ line.text }}</b>
    }`,
  styles: `
    :host {
      position: absolute;
      z-index: 2;
      top: var(--space-2);
      width: max-content;
      max-width: 80%;
      pointer-events: none;
    }
  `,
  host: { class: 'chart-tooltip', 'aria-hidden': 'true' },
})
export class ChartTip {
  readonly spec = input.required<ChartSpec>();
  readonly row = input.required<FrameRow>();
  readonly #theme = inject(ThemeStore);
  readonly #clock = inject(TimeDisplay).clock;
  protected readonly time = computed(() => this.#clock().seconds(this.row()[0]));
  protected readonly lines = computed(() => {
    const { series, stacked, unit } = this.spec();
    const row = this.row();
    const lines = series.map(({ title, colour }, index) => ({
      title,
      colour: this.#theme.chart().series[colour],
      text: figureText(row[index + 1] ?? null, unit),
    }));
    return stacked ? lines.reverse() : lines;
  });
}
