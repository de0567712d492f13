import { isGapBefore } from './frame.ts';
import type { SampleMemory } from './sample-memory.ts';

/** Where the first gap since a moment begins, in milliseconds since the epoch: the last sample before it. Null where no collector has one. */
export function firstGapMs(memory: SampleMemory, sinceMs: number): number | null {
  let firstMs: number | null = null;
  for (const collector of memory.collectors) {
    const table = memory.table(collector);
    if (table === null) continue;
    for (let index = Math.max(1, table.indexAt(sinceMs)); index < table.length; index++) {
      if (!isGapBefore(table, index, memory.bucketMs)) continue;
      const gapMs = table.timeAt(index - 1);
      firstMs = Math.min(firstMs ?? gapMs, gapMs);
      break;
    }
  }
  return firstMs;
}
