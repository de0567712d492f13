import { Component, computed, inject, input } from '@angular/core';
import { nullReason, type MetricInfo } from '../catalog/describe.ts';
import { Sparkline } from '../charts/sparkline.ts';
import { Value } from '../controls/value.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import type { SeriesColour } from '../theme/chart-theme.ts';

/** Metrics of a collector as a compact table: name, sparkline, value. */
@Component({
  selector: 'pw-stat-list',
  imports: [Value, Sparkline],
  template: `<dl>
    @for (row of rows(); track row.metric.name) {
      <dt [title]="row.metric.help ?? ''">{{ row.metric.title }}</dt>
      <dd>
        @if (row.isKnown) {
          <pw-sparkline [collector]="collector()" [path]="row.path" [colour]="colour()" />
        }
        <pw-value
          [class.fault]="row.isFault"
          [value]="row.value"
          [unit]="row.metric.unit"
          [reason]="row.reason"
          [attr.data-testid]="collector() + '-' + row.metric.name"
        />
      </dd>
    }
  </dl>`,
  styleUrl: './stat-list.scss',
})
export class StatList {
  readonly collector = input.required<string>();
  /** Names of metrics, in order; what the collector does not have at all is left out. */
  readonly metrics = input.required<readonly string[]>();
  readonly colour = input<SeriesColour>('grey');
  /** Of the metrics those that should be 0: they are red when they are not. */
  readonly faults = input<readonly string[]>([]);
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  readonly #described = computed(() => {
    const known = new Map(this.#collectors.info(this.collector()).metrics.map((metric) => [metric.name, metric]));
    const present = this.metrics().map((name) => known.get(name));
    return present
      .filter((metric): metric is MetricInfo => metric !== undefined)
      .map((metric) => ({ metric, path: { metric: metric.name } }));
  });
  protected readonly rows = computed(() => {
    const sampleReason = this.#live.latest(this.collector())?.reason ?? null;
    return this.#described().map(({ metric, path }) => {
      const value = this.#live.value(this.collector(), path);
      const isFault = value !== null && value > 0 && this.faults().includes(metric.name);
      return { metric, path, value, isFault, isKnown: metric.unavailable === null, reason: nullReason({ metric, sampleReason }) };
    });
  });
}
