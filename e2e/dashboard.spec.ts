import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { catalogReplySchema } from '@perfwatch/contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, logIn, openLivePage, openPage } from './browser.ts';
import { scrollsSideways, seriousFaults, SIZES, takePicture, THEMES } from './looks.ts';
import { PASSWORD, startSystem, type RunningSystem } from './running-system.ts';

const MADE_BY_HAND = ['cpu', 'memory', 'network', 'disk', 'perf-events', 'memory-bandwidth', 'pressure'];
let system: RunningSystem;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await system.stop();
  system.remove();
});

const numberIn = async (page: Page, testId: string) => Number.parseFloat((await page.getByTestId(testId).textContent()) ?? '');

/** Moves the pointer over the CPU chart, whose window is a minute, and counts where its figure is not known since the page was opened. */
async function unknownMoments(page: Page, shownForMs: number): Promise<number> {
  const chart = page.getByTestId('panel-cpu').locator('pw-line-chart');
  const box = await chart.boundingBox();
  if (box === null) throw new Error('the chart is not shown');
  const plot = { from: box.x + 54, to: box.x + box.width - 10 };
  const seconds = Math.min(58, Math.floor(shownForMs / 1000));
  let unknown = 0;
  for (let second = 1; second <= seconds; second++) {
    await page.mouse.move(plot.to - (second / 60) * (plot.to - plot.from), box.y + box.height / 2);
    const text = (await page.getByTestId('cpu-figure').textContent()) ?? '';
    if (!/\d/.test(text)) unknown++;
  }
  await page.mouse.move(0, 0);
  return unknown;
}

/** A session of its own: another's ends when the password is changed. */
async function newToken(password: string): Promise<string> {
  const login = await fetch(`${system.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  return token;
}

describe('log-in', () => {
  it('says that name or password is wrong, and keeps the page', async () => {
    const { page, close } = await openPage(browser, system.url);
    await page.getByTestId('login-username').fill('admin');
    await page.getByTestId('login-password').fill('not the password');
    await page.getByTestId('login-submit').click();
    await page.getByTestId('login-message').waitFor();
    expect(await page.getByTestId('login-message').textContent()).toMatch(/wrong user name or password/i);
    await close();
  });

  it('survives a reload, and ends with log-out', async () => {
    const { page, close } = await openLivePage(browser, system);
    await page.reload();
    await page.getByTestId('cpu-figure').waitFor();
    await page.getByTestId('settings').click();
    await page.getByTestId('log-out').click();
    await page.getByTestId('login-username').waitFor();
    await page.goto(`${system.url}/hosts`);
    await page.getByTestId('login-username').waitFor();
    await close();
  });

  it('keeps the token out of every address', async () => {
    const { page, close } = await openPage(browser, system.url);
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    page.on('websocket', (socket) => addresses.push(socket.url()));
    await logIn(page, { username: 'admin', password: PASSWORD });
    expect(addresses.length).toBeGreaterThan(3);
    expect(addresses.filter((address) => /eyJ|token=/.test(address))).toEqual([]);
    await close();
  });
});

describe('the live page', () => {
  it('shows a busy loop on the right core within two seconds', async () => {
    const { page, close } = await openLivePage(browser, system);
    await page.getByTestId('core-usage-1').waitFor();
    const load = spawn('taskset', ['-c', '1', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' });
    const startedAt = performance.now();
    try {
      await expect.poll(() => numberIn(page, 'core-usage-1'), { timeout: 10_000, interval: 50 }).toBeGreaterThan(85);
    } finally {
      load.kill('SIGKILL');
    }
    const seconds = (performance.now() - startedAt) / 1000;
    expect(seconds).toBeLessThan(4);
    await close();
  });

  it('says that it is connected, and shows the figures that the API has', async () => {
    const { page, faults, close } = await openLivePage(browser, system);
    expect(await page.getByTestId('connection-state').textContent()).toMatch(/live|connected/i);
    const shown = await numberIn(page, 'memory-figure');
    const reply = await system.get('/api/history/metrics?metric_type=memory&interval=raw&limit=10000&fields=usage_percent');
    const usages = [...JSON.stringify(reply).matchAll(/"usage_percent":([\d.]+)/g)].map((match) => Number(match[1]));
    expect(usages.length).toBeGreaterThan(0);
    expect(shown).toBeGreaterThan(Math.min(...usages) - 1);
    expect(shown).toBeLessThan(Math.max(...usages) + 1);
    expect(faults).toEqual([]);
    await close();
  });

  it('shows what its own cost is through the generic panel', async () => {
    const { page, close } = await openLivePage(browser, system);
    const panel = page.getByTestId('panel-perfwatch');
    await panel.scrollIntoViewIfNeeded();
    await expect.poll(() => panel.textContent()).toMatch(/cpu/i);
    await close();
  });

  it('draws every collector of this machine, with each metric it has or the reason why it has not', async () => {
    const catalog = async () => catalogReplySchema.parse(await system.get('/api/catalog')).collectors;
    const built = ['cpu', 'memory', 'disk', 'memory-bandwidth', 'network', 'perf-events', 'perfwatch', 'pressure'];
    // Until its catalog arrives, a collector is described from its names alone.
    const names = async () => (await catalog()).filter(({ help }) => help !== undefined).map(({ collector }) => collector);
    await expect.poll(names, { timeout: 15_000 }).toEqual(expect.arrayContaining(built));
    const collectors = await catalog();
    const { page, faults, close } = await openLivePage(browser, system, { height: 6000 });
    await page.getByTestId('window-1m').click();
    // Those made by hand show a choice.
    for (const collector of MADE_BY_HAND) await page.getByTestId(`panel-${collector}`).first().waitFor();
    for (const { collector, metrics, dimensions = {} } of collectors.filter((entry) => !MADE_BY_HAND.includes(entry.collector))) {
      const panel = page.getByTestId(`panel-${collector}`);
      const described = [...Object.values(metrics), ...Object.values(dimensions)];
      const words = described.flatMap(({ title, unavailable }) => (typeof unavailable === 'string' ? [title, unavailable] : [title]));
      // The first Samples may be drawn under their names, a moment before the catalog answers.
      const missing = async () => {
        const text = (await panel.textContent()) ?? '';
        return words.filter((word) => !text.includes(word));
      };
      await expect.poll(missing, { timeout: 10_000, message: collector }).toEqual([]);
      const isDrawn = Object.values(metrics).some(({ unavailable }) => typeof unavailable !== 'string');
      expect((await panel.locator('pw-line-chart canvas').count()) > 0, `${collector} has a chart`).toBe(isDrawn);
    }
    await page.getByTestId('network-up_ratio-lo').filter({ hasText: 'up' }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  it('reconnects alone when the server is killed, and fills the gap', async () => {
    const { page, close } = await openLivePage(browser, system);
    const openedAt = performance.now();
    await page.getByTestId('window-1m').click();
    await delay(5000);
    process.kill(system.pidOf('server'), 'SIGKILL');
    const state = () => page.getByTestId('connection-state').getAttribute('data-state');
    await expect.poll(state, { timeout: 10_000 }).not.toBe('connected');
    await expect.poll(state, { timeout: 45_000 }).toBe('connected');
    await expect.poll(() => numberIn(page, 'last-update'), { timeout: 15_000 }).toBeLessThan(5);
    // Under the pointer, each second of the last minute that has been shown so far has its figure.
    const shownFor = performance.now() - openedAt;
    await expect.poll(() => unknownMoments(page, shownFor), { timeout: 60_000, interval: 2000 }).toBe(0);
    await close();
  });

  it('says that there is no host of a name, and where the others are', async () => {
    const { page, close } = await openLivePage(browser, system);
    await page.goto(`${system.url}/hosts/nobody-here`);
    await page.getByTestId('unknown-host').getByRole('link').click();
    await page.waitForURL(/\/hosts$/);
    await close();
  });

  it('is larger on a wall display, labels of the axes too, and has no controls', async () => {
    const { page, faults, close } = await openLivePage(browser, system);
    const sizes = () =>
      page.evaluate<number[]>(
        `[getComputedStyle(document.querySelector('[data-testid="cpu-figure"]')).fontSize, getComputedStyle(document.documentElement).getPropertyValue('--label-size')].map(parseFloat)`,
      );
    const [figure = 0, label = 0] = await sizes();
    await page.goto(`${page.url()}&kiosk=1`);
    await page.getByTestId('cpu-figure').filter({ hasText: /\d/ }).waitFor();
    const [largeFigure, largeLabel] = await sizes();
    expect(largeFigure).toBeGreaterThan(1.4 * figure);
    expect(largeLabel).toBeGreaterThan(1.4 * label);
    for (const control of ['user-menu', 'pause', 'add-mark']) expect(await page.getByTestId(control).isVisible(), control).toBe(false);
    expect(await scrollsSideways(page)).toBe(false);
    expect(faults).toEqual([]);
    await close();
  });

  it('asks to log in again when the password was changed elsewhere', async () => {
    const { page, close } = await openLivePage(browser, system);
    const change = async (current_password: string, new_password: string) => {
      const token = await newToken(current_password);
      const response = await fetch(`${system.url}/api/auth/password`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ current_password, new_password }),
      });
      expect(response.ok).toBe(true);
    };
    await change(PASSWORD, 'another-horse-battery');
    await page.getByTestId('login-message').waitFor({ timeout: 15_000 });
    await change('another-horse-battery', PASSWORD);
    await close();
  });
});

describe('a viewer', () => {
  const viewer = { username: 'looks-only', password: 'sees-but-never-touches' };

  it('is told what only administrators see, and is offered no mark', async () => {
    const response = await fetch(`${system.url}/api/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await newToken(PASSWORD)}` },
      body: JSON.stringify({ ...viewer, role: 'viewer' }),
    });
    expect(response.status).toBe(201);
    const { page, faults, close } = await openPage(browser, system.url);
    await logIn(page, viewer);
    await page.keyboard.press('m');
    await delay(500);
    expect(await page.getByRole('dialog').count()).toBe(0);
    for (const section of ['users', 'tokens']) {
      await page.goto(`${system.url}/settings/${section}`);
      await page.getByTestId('settings-notice').filter({ hasText: 'Only administrators' }).waitFor();
      expect(await page.getByTestId('retry').count()).toBe(0);
    }
    expect(faults).toEqual([]);
    await close();
  });
});

describe('the welcome', () => {
  it('is over in every browser once it was dismissed in one', async () => {
    const first = await openLivePage(browser, system);
    const saved = first.page.waitForResponse(
      (response) => response.url().endsWith('/api/auth/preferences') && response.request().method() === 'PUT',
    );
    await first.page.getByTestId('welcome-dismiss').click();
    expect((await saved).ok()).toBe(true);
    await first.close();
    const second = await openPage(browser, system.url);
    const stored = second.page.waitForResponse((response) => response.url().endsWith('/api/auth/preferences'));
    await logIn(second.page, { username: 'admin', password: PASSWORD });
    await stored;
    await delay(500);
    expect(await second.page.getByTestId('welcome-notice').count()).toBe(0);
    await second.close();
  });
});

describe.each(THEMES)('in the %s theme', (theme) => {
  it('log-in and live page have nothing that axe-core objects to', async () => {
    const { page, close } = await openPage(browser, system.url, { theme });
    await page.getByTestId('login-username').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await logIn(page, { username: 'admin', password: PASSWORD });
    await delay(1500);
    expect(await seriousFaults(page)).toEqual([]);
    await close();
  });

  it.each(SIZES)('nothing scrolls sideways at $width x $height', async ({ width, height }) => {
    const { page, close } = await openPage(browser, system.url, { theme, width, height });
    await page.getByTestId('login-username').waitFor();
    expect(await scrollsSideways(page)).toBe(false);
    await takePicture(page, `log-in-${width}x${height}-${theme}`);
    await logIn(page, { username: 'admin', password: PASSWORD });
    await page.getByTestId('window-1m').click();
    await delay(3000);
    expect(await scrollsSideways(page)).toBe(false);
    await takePicture(page, `live-${width}x${height}-${theme}`);
    await close();
  });
});
