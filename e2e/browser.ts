import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { PASSWORD, type RunningSystem } from './running-system.ts';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Chromium is installed; null where it is not. */
export function findChromium(): string | null {
  return CANDIDATES.find((candidate) => existsSync(candidate)) ?? null;
}

export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('Chromium is missing: apt-get install chromium');
  return chromium.launch({ executablePath, args: FLAGS });
}

/** Fills in the log-in form that the page shows and waits for the first live figure. */
export async function logIn(page: Page, { username, password }: { username: string; password: string }): Promise<void> {
  await page.getByTestId('login-username').fill(username);
  await page.getByTestId('login-password').fill(password);
  await page.getByTestId('login-submit').click();
  await page.getByTestId('cpu-figure').filter({ hasText: /\d/ }).waitFor({ timeout: 30_000 });
}

export type Theme = 'dark' | 'light';

export interface LivePageOptions {
  width?: number;
  height?: number;
  theme?: Theme;
  /** What the browser remembers of an earlier visit. */
  localStorage?: readonly { name: string; value: string }[];
}

export interface OpenPage {
  page: Page;
  /** What was wrong while it was open: messages of the console and failed requests. */
  faults: string[];
  /** Bytes that came over the network so far, as sent. */
  transferredBytes: () => number;
  close: () => Promise<void>;
}

/** A page in a browser profile of its own, at the address given; nobody is logged in. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1440, height = 900, theme = 'dark', localStorage: kept = [] }: LivePageOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  await context.addInitScript(
    (entries) => {
      for (const { name, value } of entries) localStorage.setItem(name, value);
    },
    [...kept, { name: 'perfwatch.theme', value: theme }],
  );
  const page = await context.newPage();
  const faults: string[] = [];
  let transferred = 0;
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (transferred += encodedDataLength));
  await page.goto(url);
  return { page, faults, transferredBytes: () => transferred, close: () => context.close() };
}

/** The live page of the only host, logged in as the administrator. */
export async function openLivePage(browser: Browser, system: RunningSystem, options: LivePageOptions = {}): Promise<OpenPage> {
  const opened = await openPage(browser, system.url, options);
  await logIn(opened.page, { username: 'admin', password: PASSWORD });
  return opened;
}
