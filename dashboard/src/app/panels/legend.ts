import { Component, computed, inject, input } from '@angular/core';
import { nullReason } from '../catalog/describe.ts';
import { Value } from '../controls/value.ts';
import type { ChartSpec } from '../charts/line-options.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { ThemeStore } from '../theme/theme-store.ts';

/** The series of a chart with their newest values, or those under the crosshair. */
@Component({
  selector: 'pw-legend',
  imports: [Value],
  template: `<ul>
    @for (item of items(); track item.key) {
      <li [title]="item.help">
        <i [style.background]="item.colour"></i>{{ item.title }}
        <b><pw-value [value]="item.value" [unit]="spec().unit" [reason]="item.reason" [attr.data-testid]="item.testId" /></b>
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
  `,
})
export class Legend {
  readonly spec = input.required<ChartSpec>();
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  readonly #theme = inject(ThemeStore);

  protected readonly items = computed(() => {
    const { collector, series } = this.spec();
    const info = this.#collectors.info(collector);
    const sampleReason = this.#live.latest(collector)?.reason ?? null;
    return series.map(({ path, title, colour, help }) => ({
      key: path.metric,
      title,
      help: help ?? '',
      colour: this.#theme.chart().series[colour],
      value: this.#live.value(collector, path),
      reason: nullReason({ metric: info.metrics.find(({ name }) => name === path.metric), sampleReason }),
      testId: `${collector}-${path.metric}`,
    }));
  });
}
