import { Component, computed, inject, untracked } from '@angular/core';
import { nullReason } from '../catalog/describe.ts';
import { Sparkline } from '../charts/sparkline.ts';
import { Value } from '../controls/value.ts';
import { figureText, middleCut } from '../format/format.ts';
import { CollectorStore } from '../live/collector-store.ts';
import { LiveStore } from '../live/live-store.ts';
import { busiest } from './busiest.ts';
import { vitalsOf, type Vital } from './vital-list.ts';

const LONGEST_NOTE = 10;
/** How often the worst pressure is chosen anew: a figure that changes its meaning with every tick cannot be read. */
const CHOOSE_EVERY_MS = 5000;

/** The row that is read first: one figure and a sparkline each. */
@Component({
  selector: 'pw-vitals',
  imports: [Value, Sparkline],
  template: `@for (vital of vitals(); track vital.key) {
    <article [attr.data-testid]="'vital-' + vital.key">
      <h2>{{ vital.title }}</h2>
      <p>
        <pw-value class="figure" [value]="vital.value" [unit]="vital.unit" [reason]="vital.reason" />
        <span [title]="vital.note">{{ vital.beside }}</span>
      </p>
      <pw-sparkline [collector]="vital.collector" [path]="vital.path" [colour]="vital.colour" [top]="vital.top" />
    </article>
  }`,
  styleUrl: './vitals.scss',
  host: { role: 'region', 'aria-label': 'Vitals', '[style.--count]': 'vitals().length' },
})
export class Vitals {
  readonly #live = inject(LiveStore);
  readonly #collectors = inject(CollectorStore);
  readonly #disks = busiest(this.#live, { collector: 'disk', dimension: 'device', metric: 'utilization_percent', most: 1 });
  readonly #tick = computed(() => Math.floor(this.#live.range().toMs / CHOOSE_EVERY_MS));
  readonly #chosen = computed(
    () => {
      this.#tick();
      return vitalsOf({
        isThere: (collector, metric) =>
          this.#collectors.names().includes(collector) &&
          this.#collectors.info(collector).metrics.some(({ name, unavailable }) => name === metric && unavailable === null),
        busiestDisk: this.#disks()[0] ?? null,
        value: (collector, path) => untracked(() => this.#live.value(collector, path)),
      });
    },
    { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  );
  protected readonly vitals = computed(() =>
    this.#chosen().map((vital) => {
      const { collector, path } = vital;
      const info = this.#collectors.info(collector);
      const dimension = info.dimensions.find(({ name }) => name === path.dimension);
      const metric = (dimension?.metrics ?? info.metrics).find(({ name }) => name === path.metric);
      return {
        ...vital,
        note: vital.note ?? '',
        value: this.#live.value(collector, path),
        unit: metric?.unit ?? null,
        reason: nullReason({ metric, dimension, sampleReason: this.#live.latest(collector)?.reason ?? null }),
        beside: this.#beside(vital),
      };
    }),
  );

  #beside({ collector, of, note }: Vital): string {
    if (note !== undefined) return middleCut(note, LONGEST_NOTE);
    const whole = of === undefined ? null : this.#live.value(collector, { metric: of.metric });
    return of === undefined || whole === null ? '' : `of ${figureText(whole, of.unit)}`;
  }
}
