import type { Browser } from 'playwright-core';
import { launchBrowser } from '../e2e/browser.ts';
import { heapGrowth } from '../e2e/heap-watch.ts';
import { watchLargeHost, watchLong } from '../e2e/long-watch.ts';
import type { MainThread } from '../e2e/main-thread.ts';
import { startSystem, type RunningSystem } from '../e2e/running-system.ts';
import { milliseconds, type Figure } from './table.ts';

const TICK_MS = 100;
const LARGE_HOST_MS = 60_000;
const SLICE_MS = 15_000;
const MOST_TASK_MS = 100;
/** What a heap may differ by and still be called flat: collections leave that much to chance. */
const FLAT_BYTES = 2 ** 20;
const MOST_HEAP_BYTES = 100 * 2 ** 20;
/** Ticks at one second that an hour has, in minutes at this pace. */
const HOUR_IN_MINUTES = (3600 * TICK_MS) / 60_000;

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function taskFigure(name: string, { longestTaskMs, longestByClockMs, busyMs, watchedMs, shownFrames, droppedFrames }: MainThread): Figure {
  const frames = `${shownFrames} frames shown, ${droppedFrames} dropped`;
  const busy = `${((100 * busyMs) / watchedMs).toFixed(1)} % of a core`;
  return {
    name,
    measured: `longest task ${milliseconds(longestTaskMs)} of CPU time (${milliseconds(longestByClockMs)} by the clock), ${busy}, ${frames}`,
    target: `none over ${MOST_TASK_MS} ms`,
    holds: longestTaskMs < MOST_TASK_MS,
  };
}

/** What was seen in `minutes` with ten ticks a second, whose heap says what an hour at one a second would leave. */
async function measureLong(system: RunningSystem, browser: Browser, minutes: number): Promise<Figure[]> {
  const { panels, mainThread, heap } = await watchLong(system, browser, {
    ...{ tickMs: TICK_MS, durationMs: minutes * 60_000, sliceMs: SLICE_MS },
  });
  const growth = heapGrowth(heap);
  const { thirdBytes = NaN, lastBytes = NaN, bytesPerMinute = NaN } = growth ?? {};
  const inAnHour = lastBytes + Math.max(0, bytesPerMinute) * HOUR_IN_MINUTES;
  return [
    taskFigure(`live page, ${panels} panels, all in sight, for ${minutes} minutes at ${TICK_MS} ms`, mainThread),
    {
      name: 'its heap after collection, third quarter to last',
      measured: `${mebibytes(thirdBytes)} to ${mebibytes(lastBytes)}`,
      target: `within ${mebibytes(FLAT_BYTES)}`,
      holds: lastBytes - thirdBytes < FLAT_BYTES,
    },
    {
      name: 'and after as many ticks as an hour at 1 s has, at that growth',
      measured: mebibytes(inAnHour),
      target: `under ${mebibytes(MOST_HEAP_BYTES)}`,
      holds: inAnHour < MOST_HEAP_BYTES,
    },
  ];
}

/** What keeping the live page open costs, ten times as fast as usual and with a host of 128 CPUs. */
export async function measureWatching(minutes: number): Promise<Figure[]> {
  const system = await startSystem({ env: { PERFWATCH_INTERVAL_MS: String(TICK_MS) } });
  const browser = await launchBrowser();
  try {
    const figures = await measureLong(system, browser, minutes);
    return [...figures, taskFigure('live page of a host of 128 CPUs at 1 s', await watchLargeHost(system, browser, LARGE_HOST_MS))];
  } finally {
    await browser.close();
    await system.stop();
    system.remove();
  }
}
