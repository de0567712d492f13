import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
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

export interface Account {
  username: string;
  password: string;
}

export const ADMIN: Account = { username: 'admin', password: PASSWORD };

/** Fills in the log-in form that the page shows and waits for the first live figure. */
export async function logIn(page: Page, { username, password }: Account): Promise<void> {
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
  /** Whose browser it is: one that has logged in before. */
  loggedInAs?: Account;
}

export interface OpenPage {
  page: Page;
  /** What was wrong while it was open: messages of the console and failed requests. */
  faults: string[];
  /** Bytes that came over the network so far, as sent. */
  transferredBytes: () => number;
  close: () => Promise<void>;
}

/** Leaves in a browser what a log-in on the page leaves there. */
async function rememberLogIn(context: BrowserContext, url: string, account: Account): Promise<void> {
  const reply = await context.request.post(new URL('/api/auth/login', url).href, {
    headers: { 'x-perfwatch': '1' },
    data: { ...account, session: 'cookie' },
  });
  if (!reply.ok()) throw new Error(`log-in failed: ${reply.status()} ${await reply.text()}`);
  await context.addInitScript(() => localStorage.setItem('perfwatch.session', 'an earlier visit'));
}

/** A page in a browser profile of its own, at the address given. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1440, height = 900, theme = 'dark', loggedInAs }: LivePageOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  await context.addInitScript((shown) => localStorage.setItem('perfwatch.theme', shown), theme);
  if (loggedInAs !== undefined) await rememberLogIn(context, url, loggedInAs);
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
  await logIn(opened.page, ADMIN);
  return opened;
}
