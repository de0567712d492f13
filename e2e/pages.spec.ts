import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ADMIN, launchBrowser, openPage, type OpenPage, type Theme } from './browser.ts';
import { scrollsSideways, seriousFaults, SIZES, takePicture, THEMES } from './looks.ts';
import { publishPast } from './past-samples.ts';
import { startSystem, type RunningSystem } from './running-system.ts';

const HOST = 'e2e-host';
const PAST_HOST = 'web-1';
const HOURS = 60;
const SETTLE_MS = 300;

/** Each page, and what is there when it is. */
const PAGES = [
  { name: 'hosts', address: '/hosts', ready: `a[href$="hosts/${PAST_HOST}"]` },
  { name: 'history', address: `/history?host=${PAST_HOST}`, ready: '[data-testid="history-chart"] canvas' },
  { name: 'compare', address: `/compare?host=${PAST_HOST}&period=day`, ready: '[data-testid^="compare-row-"]' },
  { name: 'settings-account', address: '/settings/account', ready: '[data-testid="password-change"]' },
  { name: 'settings-appearance', address: '/settings/appearance', ready: '[data-testid="theme-dark"]' },
  { name: 'settings-sampling', address: '/settings/sampling', ready: '[data-testid="interval"]' },
  { name: 'settings-collectors', address: '/settings/collectors', ready: '[data-testid="collector-cpu"]' },
  { name: 'settings-perf-events', address: '/settings/perf-events', ready: '[data-testid="perf-cpus"]' },
  { name: 'settings-retention', address: '/settings/retention', ready: '[data-testid="retention-bar"]' },
  { name: 'settings-users', address: '/settings/users', ready: '[data-testid="user-admin"]' },
  { name: 'settings-audit', address: '/settings/audit', ready: '[data-testid="audit"]' },
  { name: 'settings-tokens', address: '/settings/tokens', ready: '[data-testid="no-tokens"], [data-testid="tokens"]' },
  { name: 'settings-system', address: '/settings/system', ready: '[data-testid="system-processes"]' },
  { name: 'welcome', address: '/welcome', ready: '[data-testid="collected-cpu"]' },
  { name: 'not-found', address: '/nowhere', ready: 'h1' },
] as const;

let system: RunningSystem;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({ env: { PERFWATCH_HOST_ID: HOST } }), launchBrowser()]);
  await publishPast(system, { host: PAST_HOST, hours: HOURS });
  const { page, close } = await open(`/hosts/${HOST}`);
  await page.getByTestId('cpu-figure').waitFor();
  await close();
});

afterAll(async () => {
  await browser.close();
  await system.stop();
  system.remove();
});

function open(address: string, size: { width?: number; height?: number; theme?: Theme } = {}): Promise<OpenPage> {
  return openPage(browser, `${system.url}${address}`, { ...size, loggedInAs: ADMIN });
}

const search = (page: Page) => new URL(page.url()).searchParams;

describe.each(THEMES)('in the %s theme', (theme) => {
  it.each(SIZES)('every page fits, has no fault and nothing that axe-core objects to at $width x $height', async ({ width, height }) => {
    const { page, faults, close } = await open('/hosts', { width, height, theme });
    for (const { name, address, ready } of PAGES) {
      await page.goto(`${system.url}${address}`);
      await page.locator(ready).first().waitFor();
      await delay(SETTLE_MS);
      expect(await scrollsSideways(page), `${name} scrolls sideways`).toBe(false);
      // Layout is that of one of the others.
      if (width !== 1024) expect(await seriousFaults(page), name).toEqual([]);
      // Settings look alike: one picture of each.
      if (!name.startsWith('settings-') || (width === 1440 && theme === 'dark'))
        await takePicture(page, `${name}-${width}x${height}-${theme}`);
    }
    expect(faults).toEqual([]);
    await close();
  });
});

describe('the history page', () => {
  it('keeps range and steps in the address, and goes back as a browser does', async () => {
    const { page, faults, close } = await open(`/history?host=${PAST_HOST}&from=now-24h`);
    await page.getByTestId('history-chart').first().waitFor();
    const before = page.url();
    await page.getByTestId('zoom-in').click();
    await expect.poll(() => page.url()).not.toBe(before);
    expect(search(page).get('host')).toBe(PAST_HOST);
    await page.getByTestId('history-chart').first().waitFor();
    await page.goBack();
    await expect.poll(() => page.url()).toBe(before);
    expect(faults).toEqual([]);
    await close();
  });

  it('says what there is when nothing was recorded in the range', async () => {
    const { page, close } = await open(`/history?host=${PAST_HOST}&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`);
    await page.getByTestId('history-empty').waitFor();
    await close();
  });

  it('shows a mark that is set elsewhere, and takes it away when it is removed there', async () => {
    const range = `from=${new Date(Date.now() - 3_600_000).toISOString()}&to=${new Date(Date.now() + 60_000).toISOString()}`;
    const { page, faults, close } = await open(`/history?host=${PAST_HOST}&${range}`);
    await page.getByTestId('history-chart').first().waitFor();
    const headers = { authorization: `Bearer ${await system.token()}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ host: PAST_HOST, title: 'Deploy 4.2.1' });
    const set = await fetch(`${system.url}/api/annotations`, { method: 'POST', headers, body });
    await page.getByTestId('mark').first().waitFor();
    await expect.poll(() => page.getByTestId('mark-row').allTextContents()).toEqual([expect.stringContaining('Deploy 4.2.1')]);
    const { id } = z.object({ id: z.string() }).parse(await set.json());
    await fetch(`${system.url}/api/annotations/${id}`, { method: 'DELETE', headers: { authorization: headers.authorization } });
    await expect.poll(() => page.getByTestId('mark').count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });
});

describe('the compare page', () => {
  it('opens the chart of a metric, which stands in the address', async () => {
    const { page, faults, close } = await open(`/compare?host=${PAST_HOST}&period=day`);
    await page.locator('[data-testid^="compare-row-"]').first().click();
    await page.getByTestId('compare-detail').locator('canvas').waitFor();
    const address = page.url();
    await page.reload();
    await page.getByTestId('compare-detail').locator('canvas').waitFor();
    expect(page.url()).toBe(address);
    expect(faults).toEqual([]);
    await close();
  });

  it('compares without the names of metrics, and takes them up on Retry', async () => {
    const { page, close } = await open('/settings/account');
    const refuse = '**/api/catalog?**';
    await page.route(refuse, (route) => route.fulfill({ status: 503, json: { detail: 'The history service is not available.' } }));
    await page.goto(`${system.url}/compare?host=${PAST_HOST}&period=day`);
    await page.locator('[data-testid^="compare-row-"]').first().waitFor();
    await page.getByTestId('compare-lack').waitFor();
    await page.unroute(refuse);
    await page.getByTestId('compare-lack-retry').click();
    await page.getByTestId('compare-lack').waitFor({ state: 'detached' });
    await close();
  });

  it('takes up given times before the first reply has come', async () => {
    const { page, close } = await open('/settings/account');
    await page.route('**/api/history/compare**', () => undefined);
    await page.goto(`${system.url}/compare?host=${PAST_HOST}&period=day`);
    await page.getByTestId('period-custom').click();
    await expect.poll(() => search(page).get('start1')).not.toBeNull();
    await page.getByTestId('compare-start1').waitFor();
    await close();
  });
});

describe('settings', () => {
  it('say what a shorter retention would delete, and change nothing before it is saved', async () => {
    const { page, close } = await open('/settings/retention');
    await page.getByTestId('retention-all-days').fill('20');
    await page.getByTestId('retention-preview').waitFor();
    expect(JSON.stringify(await system.get('/api/retention'))).toContain('"retention_days":30');
    await close();
  });

  it('remember the theme for whoever logs in on another machine', async () => {
    const { page, close } = await open('/settings/appearance');
    const saved = page.waitForResponse(
      (response) => response.url().endsWith('/api/auth/preferences') && response.request().method() === 'PUT',
    );
    await page.getByTestId('theme-light').click();
    await saved;
    expect(JSON.stringify(await system.get('/api/auth/preferences'))).toContain('"light"');
    await close();
  });
});

describe('the keyboard', () => {
  it('goes from page to page, and lists what it does', async () => {
    const { page, close } = await open('/settings/account');
    await page.getByTestId('user-menu').waitFor();
    await page.locator('h1').first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.waitForURL(/\/compare/);
    await close();
  });
});
