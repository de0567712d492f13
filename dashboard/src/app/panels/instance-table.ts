import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { nullReason, type DimensionInfo } from '../catalog/describe.ts';
import { Sparkline } from '../charts/sparkline.ts';
import { Value } from '../controls/value.ts';
import { middleCut } from '../format/format.ts';
import { LiveStore } from '../live/live-store.ts';
import { colourAt } from '../theme/chart-theme.ts';

/** Rows shown until all are asked for. */
const FIRST_ROWS = 16;
const LONGEST_NAME = 32;

/** The instances of a dimension, a row each, with a figure and a sparkline per metric. */
@Component({
  selector: 'pw-instance-table',
  imports: [Value, Sparkline, MatButton],
  templateUrl: './instance-table.html',
  styleUrl: './instance-table.scss',
})
export class InstanceTable {
  readonly collector = input.required<string>();
  readonly dimension = input.required<DimensionInfo>();
  /** Whether every figure has its line beside it: not where there is no room. */
  readonly hasLines = input(true);
  readonly #live = inject(LiveStore);
  protected readonly isWhole = signal(false);
  protected readonly instances = computed(() => this.#live.instances(this.collector(), this.dimension().name));
  protected readonly hiddenCount = computed(() => (this.isWhole() ? 0 : Math.max(0, this.instances().length - FIRST_ROWS)));
  protected readonly columns = computed(() =>
    this.dimension().metrics.map((metric, index) => ({ metric, colour: colourAt(index), isPercent: metric.unit === 'percent' })),
  );
  protected readonly rows = computed(() => {
    const { name: dimension } = this.dimension();
    const sampleReason = this.#live.latest(this.collector())?.reason ?? null;
    const shown = this.isWhole() ? this.instances() : this.instances().slice(0, FIRST_ROWS);
    return shown.map((instance) => ({
      instance,
      label: middleCut(instance, LONGEST_NAME),
      cells: this.columns().map(({ metric, colour, isPercent }) => {
        const path = { dimension, instance, metric: metric.name };
        const reason = nullReason({ metric, dimension: this.dimension(), sampleReason });
        return { path, colour, value: this.#live.value(this.collector(), path), unit: metric.unit, reason, top: isPercent ? 100 : null };
      }),
    }));
  });
}
