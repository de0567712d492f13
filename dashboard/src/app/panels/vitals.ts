import { Component, computed, inject } from '@angular/core';
import { nullReason } from '../catalog/describe.ts';
import { Sparkline } from '../charts/sparkline.ts';
import { Value } from '../controls/value.ts';
import { figureText } from '../format/format.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { VITALS, type VitalDescriptor } from './vital-list.ts';

/** The row that is read first: one figure and a sparkline each. */
@Component({
  selector: 'pw-vitals',
  imports: [Value, Sparkline],
  template: `@for (vital of vitals(); track vital.key) {
    <article [attr.data-testid]="'vital-' + vital.key">
      <h2>{{ vital.title }}</h2>
      <p>
        <pw-value class="figure" [value]="vital.value" [unit]="vital.unit" [reason]="vital.reason" />
        <span>{{ vital.of }}</span>
      </p>
      <pw-sparkline [collector]="vital.collector" [path]="vital.path" [colour]="vital.colour" [top]="vital.top" />
    </article>
  }`,
  styleUrl: './vitals.scss',
  host: { role: 'region', 'aria-label': 'Vitals' },
})
export class Vitals {
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  readonly #described = computed(() => {
    const names = this.#collectors.names();
    return VITALS.filter((vital) => names.includes(vital.collector) && this.#isThere(vital)).map((vital) => ({
      vital,
      path: { metric: vital.metric },
    }));
  });
  protected readonly vitals = computed(() =>
    this.#described().map(({ vital, path }) => {
      const { collector, metric } = vital;
      const known = this.#collectors.info(collector).metrics.find(({ name }) => name === metric);
      const reason = nullReason({ metric: known, sampleReason: this.#live.latest(collector)?.reason ?? null });
      return {
        ...vital,
        key: `${collector}-${metric}`,
        path,
        reason,
        value: this.#live.value(collector, path),
        of: this.#proportion(vital),
      };
    }),
  );

  /** What a machine does not have at all (no swap) takes no place among its vitals; its card says why. */
  #isThere({ collector, metric }: VitalDescriptor): boolean {
    return !this.#collectors.info(collector).metrics.some(({ name, unavailable }) => name === metric && unavailable !== null);
  }

  #proportion({ collector, of }: VitalDescriptor): string {
    const whole = of === undefined ? null : this.#live.value(collector, { metric: of.metric });
    return of === undefined || whole === null ? '' : `of ${figureText(whole, of.unit)}`;
  }
}
