import { execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openLivePage } from './browser.ts';
import { rawHistory } from './history.ts';
import { startSystem, type RunningSystem } from './running-system.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const HOST = 'e2e-host';
const run = promisify(execFile);

let system: RunningSystem;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({ env: { PERFWATCH_HOST_ID: HOST } }), launchBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await system.stop();
  system.remove();
});

it('a collector in Python appears live, in the catalog and in history with credentials made for it', async () => {
  const env = { ...process.env, PERFWATCH_DATA_DIR: system.dataDir };
  const created = await run(process.execPath, ['services/launcher/src/main.ts', 'credentials', 'create', 'collector', '--host', HOST], {
    cwd: ROOT,
    env,
  });
  const natsUrl = /nats:\/\/\S+/.exec(created.stdout)?.[0];
  expect(natsUrl).toBeDefined();
  const collector = spawn('python3', [path.join(ROOT, 'docs/examples/directory-queue.py'), ROOT, HOST], {
    env: { ...process.env, NATS_URL: natsUrl },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  collector.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const since = new Date();
  const { page, close } = await openLivePage(browser, system);
  try {
    const panel = page.getByTestId('panel-queue');
    await panel.waitFor({ timeout: 20_000 });
    await panel.scrollIntoViewIfNeeded();
    await expect.poll(() => panel.textContent(), { timeout: 10_000 }).toMatch(/waiting/i);
    await delay(3000);
    expect((await rawHistory(system, { collector: 'queue', since })).length).toBeGreaterThan(1);
    expect(JSON.stringify(await system.get(`/api/catalog?host=${HOST}`))).toContain('"waiting_count"');
    expect(errors).toBe('');
  } finally {
    collector.kill('SIGKILL');
    await close();
  }
});
