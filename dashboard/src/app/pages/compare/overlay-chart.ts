import { Component, computed, input, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { TimeChart } from '../../charts/time-chart/time-chart.ts';
import type { ChosenRange, TimeChartSpec } from '../../charts/time-chart/time-series.ts';
import { Value } from '../../controls/value.ts';
import type { TimeRange } from '../../live/frame.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';
import { OFFSET_CLOCK, offsetText, valueAtOffset, withinWhole } from './overlay-series.ts';

/** Two windows on one axis that counts from the start of each, and their values under the crosshair. */
@Component({
  selector: 'pw-overlay-chart',
  imports: [MatButton, TimeChart, Value],
  providers: [{ provide: TimeDisplay, useValue: { clock: signal(OFFSET_CLOCK) } }],
  template: `<pw-time-chart
      [spec]="spec()"
      [range]="shown()"
      [bands]="false"
      [cursorMs]="cursorMs()"
      (cursor)="cursorMs.set($event)"
      (zoomed)="zoom($event)"
      (panned)="zoom($event)"
    />
    <div class="key">
      @for (line of lines(); track line.key) {
        <span>
          <i [class.before]="line.dashed"></i>{{ line.title }}
          @if (cursorMs() !== null) {
            <b data-testid="overlay-value"><pw-value [value]="line.value" [unit]="line.unit" reason="No number at this moment" /></b>
          }
        </span>
      }
      <span>{{ about() }}</span>
      @if (isZoomed()) {
        <button matButton data-testid="overlay-whole" (click)="shown.set(range())">Show the whole</button>
      }
    </div>`,
  styles: `
    :host {
      display: block;
    }
    pw-time-chart {
      height: var(--chart-large);
    }
    .key {
      display: flex;
      flex-wrap: wrap;
      gap: 0 var(--space-4);
      align-items: center;
      min-height: var(--touch);
      color: var(--muted);
    }
    b {
      color: var(--text);
      font-weight: var(--weight-strong);
    }
    i {
      display: inline-block;
      width: var(--space-5);
      margin-right: var(--space-2);
      border-top: var(--focus) solid var(--series-blue);
      vertical-align: middle;
    }
    .before {
      border-top: var(--focus) dashed var(--series-grey);
    }
  `,
})
export class OverlayChart {
  readonly spec = input.required<TimeChartSpec>();
  /** The whole of both windows, in milliseconds since the start of each. */
  readonly range = input.required<TimeRange>();
  protected readonly cursorMs = signal<number | null>(null);
  protected readonly shown = linkedSignal(() => this.range());
  protected readonly isZoomed = computed(() => {
    const [whole, shown] = [this.range(), this.shown()];
    return shown.fromMs > whole.fromMs || shown.toMs < whole.toMs;
  });
  /** Looked at period first, as in the table below. */
  protected readonly lines = computed(() => {
    const cursorMs = this.cursorMs();
    return this.spec()
      .series.map(({ key, title, unit, dashed = false, points }) => {
        const value = cursorMs === null ? null : valueAtOffset(points, cursorMs);
        return { key, title, unit, dashed, value };
      })
      .reverse();
  });
  protected readonly about = computed(() => {
    const cursorMs = this.cursorMs();
    return cursorMs === null ? 'By the time since the start of each' : `${offsetText(cursorMs)} from the start of each`;
  });

  protected zoom({ fromMs, toMs }: ChosenRange): void {
    this.shown.set(withinWhole({ fromMs, toMs }, this.range()));
  }
}
