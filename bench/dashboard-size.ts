import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import type { RunningSystem } from '../e2e/running-system.ts';
import type { Figure } from './table.ts';

const BOUND_BYTES = 350_000;
const dist = path.resolve(import.meta.dirname, '../dashboard/dist/browser');

/** What a first visit to the live page transfers, everything included, as the gateway sends it to Chromium. */
export async function measureFirstLoad(system: RunningSystem, browser: Browser): Promise<Figure[]> {
  const { openLivePage } = await import('../e2e/browser.ts');
  const { page, close, transferredBytes } = await openLivePage(browser, system);
  await page.waitForLoadState('networkidle').catch(() => undefined);
  const transferred = transferredBytes();
  await close();
  const files = readdirSync(dist).filter((file) => /\.(js|css)$/.test(file));
  const all = files.reduce((sum, file) => sum + brotliCompressSync(readFileSync(path.join(dist, file))).length, 0);
  const gzip = files.reduce((sum, file) => sum + gzipSync(readFileSync(path.join(dist, file))).length, 0);
  return [
    {
      name: 'dashboard, first load of the live page',
      measured: `${(transferred / 1000).toFixed(0)} kB transferred (all code: ${(all / 1000).toFixed(0)} kB brotli, ${(gzip / 1000).toFixed(0)} kB gzip)`,
      target: `under ${BOUND_BYTES / 1000} kB`,
      holds: transferred < BOUND_BYTES,
    },
  ];
}
