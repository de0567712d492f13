import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { ADMIN, openLivePage, openPage } from '../e2e/browser.ts';
import type { RunningSystem } from '../e2e/running-system.ts';
import { milliseconds, type Figure } from './table.ts';

const SETTLE_MS = 15_000;
const WATCHED_MS = 60_000;
const MOST_SHARE = 0.05;
const MOST_PAINT_MS = 1500;
const LOADS = 5;

/** Seconds of CPU time that the tasks of the main thread have taken. */
async function busySeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
}

/** What drawing the live page with all of its panels once a second takes of the browser's main thread. */
async function measureMainThread(page: Page): Promise<Figure> {
  const session = await page.context().newCDPSession(page);
  // By the clock, a task also counts the time in which others had the CPU: this machine runs all of PerfWatch and the browser.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await delay(SETTLE_MS);
  const panels = await page.locator('pw-panel').count();
  const before = await busySeconds(session);
  await delay(WATCHED_MS);
  const share = (await busySeconds(session)) - before;
  const perSecond = share / (WATCHED_MS / 1000);
  return {
    name: `live page, ${panels} panels at 1 s: the browser's main thread`,
    measured: `${(100 * perSecond).toFixed(1)} % of a core`,
    target: `under ${100 * MOST_SHARE} %`,
    holds: perSecond < MOST_SHARE,
  };
}

/** From the start of the navigation to the frame after the one in which there is a chart, in milliseconds. Runs in the page. */
const UNTIL_CHART = `new Promise((resolve) => {
  const look = () => {
    const isThere = [...document.querySelectorAll('pw-line-chart canvas')].some(({ width, height }) => width * height > 0);
    requestAnimationFrame(isThere ? () => resolve(performance.now()) : look);
  };
  look();
})`;

async function measureFirstChart(system: RunningSystem, browser: Browser): Promise<Figure> {
  const times: number[] = [];
  for (let load = 0; load < LOADS; load += 1) {
    const opened = await openPage(browser, system.url, { loggedInAs: ADMIN });
    times.push(await opened.page.evaluate<number>(UNTIL_CHART));
    await opened.close();
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(LOADS / 2)] ?? NaN;
  return {
    name: `live page, first chart painted, empty cache, median of ${LOADS}`,
    measured: milliseconds(median),
    target: `under ${MOST_PAINT_MS} ms`,
    holds: median < MOST_PAINT_MS,
  };
}

/** What the live page costs whoever keeps it open, and how soon it shows something. */
export async function measureDashboardCost(system: RunningSystem, browser: Browser): Promise<Figure[]> {
  const { page, close } = await openLivePage(browser, system);
  const mainThread = await measureMainThread(page);
  await close();
  return [await measureFirstChart(system, browser), mainThread];
}
