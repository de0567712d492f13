import { Component, computed, inject, input, output } from '@angular/core';
import { MatTooltip } from '@angular/material/tooltip';
import { Icon } from '../../controls/icon.ts';
import { Value } from '../../controls/value.ts';
import { figureText, middleCut } from '../../format/format.ts';
import type { TimeRange } from '../../live/frame.ts';
import { ThemeStore } from '../../theme/theme-store.ts';
import type { MetricChoice } from '../../catalog/metric-choice.ts';
import type { HistoryChart } from './history-charts.ts';
import { legendFigures } from './legend-figures.ts';

/** A name longer than this is cut in its middle. */
const LONGEST_NAME = 40;

/** The lines of a chart: their figures at the crosshair, or over the whole range, and a way to take each off the page. */
@Component({
  selector: 'pw-history-legend',
  imports: [Value, Icon, MatTooltip],
  templateUrl: './history-legend.html',
  styleUrl: './history-legend.scss',
})
export class HistoryLegend {
  readonly chart = input.required<HistoryChart>();
  readonly range = input.required<TimeRange>();
  readonly cursorMs = input.required<number | null>();
  readonly removed = output<MetricChoice>();
  readonly #theme = inject(ThemeStore);

  protected readonly items = computed(() =>
    this.chart().series.map((series) => {
      const { mean, min, max } = legendFigures(series, { range: this.range(), atMs: this.cursorMs() });
      const isWide = min !== null && max !== null && min < max;
      return {
        key: series.key,
        choice: series.choice,
        name: middleCut(series.title, LONGEST_NAME),
        title: `${series.title}\n${series.help}`,
        colour: this.#theme.chart().series[series.colour],
        dashed: series.dashed ?? false,
        mean,
        extremes: isWide ? `${figureText(min, series.unit)} to ${figureText(max, series.unit)}` : '',
      };
    }),
  );
  protected readonly reason = computed(() =>
    this.cursorMs() === null ? 'Nothing was recorded in this range' : 'Nothing was recorded at this moment',
  );
}
