import { Component, input, signal } from '@angular/core';
import { TimeChart } from '../../charts/time-chart/time-chart.ts';
import type { TimeChartSpec } from '../../charts/time-chart/time-series.ts';
import type { TimeRange } from '../../live/frame.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';
import { OFFSET_CLOCK } from './overlay-series.ts';

/** Two windows on one axis that counts from the start of each. */
@Component({
  selector: 'pw-overlay-chart',
  imports: [TimeChart],
  providers: [{ provide: TimeDisplay, useValue: { clock: signal(OFFSET_CLOCK) } }],
  template: `<pw-time-chart [spec]="spec()" [range]="range()" [bands]="false" [cursorMs]="cursorMs()" (cursor)="cursorMs.set($event)" />`,
  styles: `
    :host {
      display: block;
    }
  `,
})
export class OverlayChart {
  readonly spec = input.required<TimeChartSpec>();
  readonly range = input.required<TimeRange>();
  protected readonly cursorMs = signal<number | null>(null);
}
