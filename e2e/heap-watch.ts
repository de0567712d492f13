import type { Page } from 'playwright-core';

const MINUTE_MS = 60_000;

/** What a page holds at a moment, after what nothing holds was collected: JavaScript's heap and the arrays of numbers outside of it. */
export interface HeapReading {
  atMs: number;
  usedBytes: number;
}

/** Collects what nothing in the page holds, and resolves to how it was then. */
export async function heapReader(page: Page): Promise<() => Promise<HeapReading>> {
  const session = await page.context().newCDPSession(page);
  return async () => {
    // What finalizers let go is collected by the second.
    await session.send('HeapProfiler.collectGarbage');
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
    return { atMs: performance.now(), usedBytes: usedSize + backingStorageSize };
  };
}

/**
 * How a heap grew from the third to the last quarter of its readings. The lowest of each stands for it: what is on its way at the moment of a
 * reading, such as Samples and what is drawn of them, comes and goes.
 */
export interface HeapGrowth {
  thirdBytes: number;
  lastBytes: number;
  bytesPerMinute: number;
}

const lowest = (readings: readonly HeapReading[]) => Math.min(...readings.map(({ usedBytes }) => usedBytes));
const middleMs = (readings: readonly HeapReading[]) => ((readings.at(0)?.atMs ?? 0) + (readings.at(-1)?.atMs ?? 0)) / 2;

/** Null where there are too few readings for quarters. */
export function heapGrowth(readings: readonly HeapReading[]): HeapGrowth | null {
  const quarter = Math.floor(readings.length / 4);
  if (quarter === 0) return null;
  const [third, last] = [readings.slice(-2 * quarter, -quarter), readings.slice(-quarter)];
  const [thirdBytes, lastBytes] = [lowest(third), lowest(last)];
  return { thirdBytes, lastBytes, bytesPerMinute: ((lastBytes - thirdBytes) / (middleMs(last) - middleMs(third))) * MINUTE_MS };
}
