import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { MetricValue } from '@perfwatch/contract';
import { exhaustMap, timer } from 'rxjs';
import { COURSE_MS } from './course.ts';
import { FleetHosts } from './fleet-hosts.ts';
import type { PastPoint } from './fleet-memory.ts';
import { FleetPast } from './fleet-past.ts';
import type { MeasureKey } from './measures.ts';

/** How often hosts change places: an order that moves with every Sample cannot be read. */
const EVERY_MS = 10_000;
const STEP_MS = 10_000;

/** The newest known value of each host. `points` are oldest first for each host. */
export function newestValues(points: readonly PastPoint[]): Map<string, MetricValue> {
  const values = new Map<string, MetricValue>();
  for (const { host, value } of points) if (value !== null) values.set(host, value);
  return values;
}

/** One measure of every host, seen or not, for the order of the list: from history, as Samples come from what is seen alone. */
@Injectable()
export class FleetRanking {
  readonly #past = inject(FleetPast);
  readonly #hosts = inject(FleetHosts);
  /** What to sort by; null for nothing that needs figures. */
  readonly measure = signal<MeasureKey | null>(null);
  /** False while someone is at a host of the list, which is not to move away. */
  readonly mayMove = signal(true);
  readonly values = signal<ReadonlyMap<string, MetricValue>>(new Map());

  readonly #isThere = computed(() => this.#hosts.hosts() !== null);

  constructor() {
    effect((onCleanup) => {
      const key = this.measure();
      const isThere = this.#isThere();
      untracked(() => this.values.set(new Map()));
      if (key === null || !isThere) return;
      const asking = this.#asking(key);
      onCleanup(() => asking.unsubscribe());
    });
  }

  #asking(key: MeasureKey): { unsubscribe: () => void } {
    return timer(0, EVERY_MS)
      .pipe(
        exhaustMap(() => {
          const toMs = this.#hosts.nowMs();
          const hosts = (this.#hosts.hosts() ?? []).map(({ host }) => host);
          return this.#past.load({ hosts, keys: [key], fromMs: toMs - COURSE_MS, toMs, stepMs: STEP_MS });
        }),
      )
      .subscribe((points) => {
        if (this.mayMove() || this.values().size === 0) this.values.set(newestValues(points));
      });
  }
}
