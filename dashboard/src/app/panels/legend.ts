import { Component, computed, inject, input } from '@angular/core';
import { formatMetricPath } from '@perfwatch/contract';
import { nullReason } from '../catalog/describe.ts';
import { Value } from '../controls/value.ts';
import { LiveStore } from '../live/live-store.ts';
import { CollectorStore } from '../live/collector-store.ts';
import type { ChartSpec } from '../charts/chart-spec.ts';
import { ThemeStore } from '../theme/theme-store.ts';

/** Opacity and words for a figure that was counted only a part of the time. */
export interface Confidence {
  opacity: number;
  help: string;
}

/** The series of a chart with their newest values, or those under the crosshair. */
@Component({
  selector: 'pw-legend',
  imports: [Value],
  template: `<ul>
    @for (item of items(); track item.key) {
      <li [title]="item.help">
        <i [style.background]="item.colour"></i>{{ item.title }}
        <b [class.faded]="item.opacity < 1" [style.opacity]="item.opacity"
          ><pw-value [value]="item.value" [unit]="spec().unit" [reason]="item.reason" [attr.data-testid]="item.testId"
        /></b>
      </li>
    }
  </ul>`,
  styles: `
    ul {
      display: flex;
      flex-wrap: wrap;
      gap: 2px var(--space-3);
      margin: 0;
      padding: 0;
      color: var(--muted);
      font-size: var(--text-sm);
    }
    li {
      min-width: 0;
      list-style: none;
      overflow-wrap: anywhere;
    }
    i {
      display: inline-block;
      width: var(--swatch);
      height: var(--swatch);
      margin-right: 5px;
      border-radius: 2px;
    }
    b {
      color: var(--text);
      font-weight: var(--weight-strong);
    }
    .faded {
      --muted: var(--text);
    }
    :host(.large) ul {
      gap: var(--space-1) var(--space-5);
    }
    :host(.large) b {
      display: block;
      font-size: var(--text-xl);
      font-weight: var(--weight-title);
      letter-spacing: -0.02em;
      line-height: 1.2;
    }
  `,
})
export class Legend {
  readonly spec = input.required<ChartSpec>();
  /** How far a figure is to be trusted, by its metric; null for wholly. */
  readonly confidenceOf = input<((metric: string) => Confidence | null) | null>(null);
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  readonly #theme = inject(ThemeStore);

  protected readonly items = computed(() => {
    const { collector, series } = this.spec();
    const info = this.#collectors.info(collector);
    const sampleReason = this.#live.latest(collector)?.reason ?? null;
    return series.map(({ path, title, colour, help }) => {
      const dimension = info.dimensions.find(({ name }) => name === path.dimension);
      const metric = (dimension?.metrics ?? info.metrics).find(({ name }) => name === path.metric);
      const confidence = this.confidenceOf()?.(path.metric) ?? null;
      return {
        key: formatMetricPath(path),
        title,
        help: confidence?.help ?? help ?? metric?.help ?? '',
        opacity: confidence?.opacity ?? 1,
        colour: this.#theme.chart().series[colour],
        value: this.#live.value(collector, path),
        reason: nullReason({ metric, dimension, sampleReason }),
        testId: path.instance === undefined ? `${collector}-${path.metric}` : null,
      };
    });
  });
}
