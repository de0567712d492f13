import type { Browser } from 'playwright-core';
import { ADMIN, openPage } from '../e2e/browser.ts';
import type { RunningSystem } from '../e2e/running-system.ts';
import type { Figure } from './table.ts';

const BOUND_BYTES = 350_000;
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;

/** What Chromium transfers with an empty cache for the log-in page and, logged in already, for the live page: code, styles, font, API replies. */
export async function measureFirstLoad(system: RunningSystem, browser: Browser): Promise<Figure[]> {
  const first = await openPage(browser, system.url);
  await first.page.getByTestId('login-username').waitFor();
  await first.page.waitForLoadState('networkidle');
  const logInBytes = first.transferredBytes();
  await first.close();
  const second = await openPage(browser, system.url, { loggedInAs: ADMIN });
  await second.page.getByTestId('cpu-figure').filter({ hasText: /\d/ }).waitFor();
  const liveBytes = second.transferredBytes();
  await second.close();
  return [
    {
      name: 'dashboard, first load with an empty cache',
      measured: `log-in page ${kilobytes(logInBytes)}, live page ${kilobytes(liveBytes)}`,
      target: `under ${kilobytes(BOUND_BYTES)}`,
      holds: Math.max(logInBytes, liveBytes) < BOUND_BYTES,
    },
  ];
}
