import { mkdirSync } from 'node:fs';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import type { Theme } from './browser.ts';

export const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
] as const;
export const THEMES: readonly Theme[] = ['dark', 'light'];
/** With PERFWATCH_SCREENSHOTS=1 the pictures go where the documentation shows them. */
const picturesDir = process.env['PERFWATCH_SCREENSHOTS'] === '1' ? path.resolve(import.meta.dirname, '../docs/screenshots') : null;

export async function takePicture(page: Page, name: string): Promise<void> {
  if (picturesDir === null) return;
  mkdirSync(picturesDir, { recursive: true });
  await page.screenshot({ path: path.join(picturesDir, `${name}.png`) });
}

/** What axe-core objects to. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

export const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
