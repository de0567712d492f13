import type { Metrics } from '@perfwatch/contract';
import type { Browser } from 'playwright-core';
import { logIn, openLivePage, openPage } from './browser.ts';
import { heapReader, type HeapReading } from './heap-watch.ts';
import { largeHostMetrics } from './large-host.ts';
import { watchMainThread, type MainThread } from './main-thread.ts';
import { PASSWORD, type RunningSystem } from './running-system.ts';
import { SampleStream } from './sample-stream.ts';

/** The host that `startSystem` runs the collectors on. */
const OWN_HOST = 'test-host';
const LARGE_HOST = 'large-host';
/** High enough for every panel to be seen, and so drawn. */
const WHOLE_PAGE = { width: 1440, height: 3000 };
const PANELS = 12;
const SETTLE_MS = 5000;
const PAST_SECONDS = 300;
/** A forced collection throws compiled code away, too: what runs next is compiled anew, which happens to nobody else. */
const AFTER_COLLECTION_MS = 2000;

export interface LongWatchOptions {
  /** How often the system that is watched samples. */
  tickMs: number;
  durationMs: number;
  /** Between two readings of the heap. */
  sliceMs: number;
}

export interface LongWatch {
  panels: number;
  mainThread: MainThread;
  heap: readonly HeapReading[];
}

/** Two collectors that nobody here wrote, for panels beside those of this machine. */
function ownCollectors(tick: number): Record<string, Metrics> {
  const wave = Math.round(1000 * (1 + Math.sin(tick / 40))) / 10;
  return {
    'job-queue': { waiting_count: wave, done_per_sec: 3 * wave, latency_ms: 5 + wave },
    'web-cache': { hits_per_sec: 40 * wave, misses_per_sec: wave, used_bytes: 2 ** 20 * (1000 + wave) },
  };
}

/** Keeps the live page open with twelve panels, all of them in sight, in the shortest window: nothing is drawn more often. */
export async function watchLong(system: RunningSystem, browser: Browser, options: LongWatchOptions): Promise<LongWatch> {
  const { tickMs, durationMs, sliceMs } = options;
  const stream = await SampleStream.start(system, { host: OWN_HOST, tickMs, pastTicks: 0, metricsAt: ownCollectors });
  const { page, close } = await openLivePage(browser, system, WHOLE_PAGE);
  try {
    await page.getByTestId('window-1m').click();
    await page
      .locator('pw-panel')
      .nth(PANELS - 1)
      .waitFor();
    await page.waitForTimeout(SETTLE_MS);
    const panels = await page.locator('pw-panel').count();
    const readHeap = await heapReader(page);
    const heap: HeapReading[] = [];
    const between = async () => {
      heap.push(await readHeap());
      await page.waitForTimeout(AFTER_COLLECTION_MS);
    };
    const mainThread = await watchMainThread(browser, { durationMs, sliceMs, between });
    return { panels, mainThread, heap };
  } finally {
    await close();
    await stream.stop();
  }
}

/** The live page of a server with 128 CPUs that sends every second, with its window full from the start. */
export async function watchLargeHost(system: RunningSystem, browser: Browser, durationMs: number): Promise<MainThread> {
  const metricsAt = largeHostMetrics();
  const stream = await SampleStream.start(system, { host: LARGE_HOST, tickMs: 1000, pastTicks: PAST_SECONDS, metricsAt });
  const { page, close } = await openPage(browser, `${system.url}/hosts/${LARGE_HOST}`, WHOLE_PAGE);
  try {
    await logIn(page, { username: 'admin', password: PASSWORD });
    await page.getByTestId('core-usage-127').waitFor({ state: 'attached' });
    await page.waitForTimeout(SETTLE_MS);
    return await watchMainThread(browser, { durationMs });
  } finally {
    await close();
    await stream.stop();
  }
}
