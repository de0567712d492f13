import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { openLivePage } from '../e2e/browser.ts';
import type { RunningSystem } from '../e2e/running-system.ts';
import { megabytes, type Figure } from './table.ts';

const WARM_UP_MS = 60_000;
const MINUTES = 10;
const BOUND_BYTES = 5 * 2 ** 20;

/** JavaScript heap of the live page after collection, before and after ten minutes at one Sample a second. */
export async function measureHeap(system: RunningSystem, browser: Browser): Promise<Figure[]> {
  const { page, close } = await openLivePage(browser, system);
  const session = await page.context().newCDPSession(page);
  const usedBytes = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  await delay(WARM_UP_MS);
  const before = await usedBytes();
  await delay(MINUTES * 60_000);
  const after = await usedBytes();
  await close();
  const growth = after - before;
  return [
    {
      name: `dashboard heap over ${MINUTES} minutes at 1 s`,
      measured: `${megabytes(before)} to ${megabytes(after)}`,
      target: 'within 5 MiB',
      holds: growth < BOUND_BYTES,
    },
  ];
}
