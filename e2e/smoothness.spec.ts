import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { heapGrowth } from './heap-watch.ts';
import { watchLargeHost, watchLong } from './long-watch.ts';
import { startSystem, type RunningSystem } from './running-system.ts';

const TICK_MS = 100;
/** In so short a time not everything has been seen once. `npm run bench -- watching` looks for ten minutes, and at how long tasks take. */
const MOST_GROWTH_BYTES = 4 * 2 ** 20;
let system: RunningSystem;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({ env: { PERFWATCH_INTERVAL_MS: String(TICK_MS) } }), launchBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await system.stop();
  system.remove();
});

it('draws twelve panels ten times a second, and keeps no more and more', async () => {
  const { panels, mainThread, heap } = await watchLong(system, browser, { tickMs: TICK_MS, durationMs: 12_000, sliceMs: 2000 });
  expect(panels).toBeGreaterThanOrEqual(12);
  expect(mainThread.shownFrames).toBeGreaterThan(20);
  const growth = heapGrowth(heap);
  expect((growth?.lastBytes ?? Infinity) - (growth?.thirdBytes ?? 0)).toBeLessThan(MOST_GROWTH_BYTES);
});

it('draws a host of 128 CPUs as its Samples come', async () => {
  const { shownFrames } = await watchLargeHost(system, browser, 10_000);
  expect(shownFrames).toBeGreaterThan(5);
});
