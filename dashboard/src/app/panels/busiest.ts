import { computed, untracked, type Signal } from '@angular/core';
import type { MetricPath } from '@perfwatch/contract';
import type { LiveStore } from '../live/live-store.ts';
import { inInstanceOrder } from './instance-order.ts';

/** How often they are chosen anew: a chart whose lines change with every tick cannot be read. */
const RANK_EVERY_MS = 5000;

/** The `most` instances of a dimension with the highest value of a metric now, highest first; none without a value. The same list for as long as it is. */
export function busiest(
  live: LiveStore,
  { collector, dimension, metric, most }: { collector: string; dimension: string; metric: string; most: number },
): Signal<string[]> {
  const tick = computed(() => Math.floor(live.range().toMs / RANK_EVERY_MS));
  const names = computed(() => live.instances(collector, dimension), { equal: (a, b) => a.join('\n') === b.join('\n') });
  return computed(
    () => {
      tick();
      const all = names();
      return untracked(() => {
        const valueOf = (instance: string) => live.value(collector, { dimension, instance, metric } satisfies MetricPath);
        const known = all.filter((instance) => valueOf(instance) !== null);
        return inInstanceOrder(known, { filter: '', by: valueOf, isDescending: true }).slice(0, most);
      });
    },
    { equal: (a, b) => a.join('\n') === b.join('\n') },
  );
}
