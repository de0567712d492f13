import type { Store } from '@perfwatch/store';
import { sealSeries } from '../src/sealing/seal-series.ts';
import { closedHours, unsealedSeries } from '../src/sealing/unsealed-hours.ts';

/** Seals all there is, into segments of this size, and drops nothing. */
export async function sealEverything(store: Store, { nowMs, maxCells }: { nowMs: number; maxCells: number }): Promise<void> {
  const { signal } = new AbortController();
  for (const hourMs of await closedHours(store, nowMs)) {
    for (const series of await unsealedSeries(store, { hourMs, lateMs: 0 })) {
      await sealSeries(store, { ...series, hourMs }, { rowCount: series.rowCount, signal, maxCells });
    }
  }
}
