import { computed, effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { Host, MetricValue } from '@perfwatch/contract';
import { exhaustMap, timer } from 'rxjs';
import { FleetHosts } from './fleet-hosts.ts';
import { FleetPast } from './fleet-past.ts';
import type { MeasureKey } from './measures.ts';
import { newestValues } from './newest-values.ts';

/** How often hosts change places: an order that moves with every Sample cannot be read. */
const EVERY_MS = 10_000;
const STEP_MS = 10_000;
/** How far back a newest value is looked for: as little as will do, as it is asked of every host. */
const SHORTEST_REACH_MS = 30_000;
const REACH_INTERVALS = 3;

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
          const hosts = this.#hosts.hosts() ?? [];
          const names = hosts.map(({ host }) => host);
          return this.#past.load({ hosts: names, keys: [key], fromMs: toMs - reachMs(hosts), toMs, stepMs: STEP_MS });
        }),
      )
      .subscribe((points) => {
        if (this.mayMove() || this.values().size === 0) this.values.set(newestValues(points));
      });
  }
}

/** Far enough for the host that samples the least often. */
function reachMs(hosts: readonly Host[]): number {
  const intervalsMs = hosts.flatMap(({ collectors }) => collectors.map(({ interval_ms: intervalMs }) => intervalMs ?? 0));
  return intervalsMs.reduce((longestMs, intervalMs) => Math.max(longestMs, REACH_INTERVALS * intervalMs), SHORTEST_REACH_MS);
}
