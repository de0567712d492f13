import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { launchBrowser, logIn } from '../e2e/browser.ts';
import { freePort } from '../e2e/running-system.ts';
import type { Figure } from './table.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const BOUND_SECONDS = 150;
const DEADLINE_MS = 600_000;

/** `git clone`, `npm start` with the printed password, log-in, first live figure in Chromium. */
export async function measureClone(): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'perfwatch-clone-'));
  const startedAt = performance.now();
  spawnSync('git', ['clone', '--quiet', ROOT, folder]);
  const url = `http://127.0.0.1:${await freePort()}`;
  const launcher = spawn('npm', ['start'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PERFWATCH_HTTP_PORT: new URL(url).port, PERFWATCH_NATS_PORT: '0' },
  });
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const browser = await launchBrowser();
  try {
    let password: string | undefined;
    while (password === undefined) {
      if (launcher.exitCode !== null || performance.now() - startedAt > DEADLINE_MS)
        throw new Error(`npm start did not get ready:\n${output}`);
      await delay(50);
      password = /^\s*Password\s+(\S+)/m.exec(output)?.[1];
    }
    const page = await browser.newPage();
    await page.goto(url);
    await logIn(page, { username: 'admin', password });
    const seconds = (performance.now() - startedAt) / 1000;
    return [
      {
        name: 'fresh clone to first live figure in Chromium',
        measured: `${seconds.toFixed(0)} s`,
        target: `under ${BOUND_SECONDS} s`,
        holds: seconds < BOUND_SECONDS,
      },
    ];
  } finally {
    await browser.close();
    launcher.kill('SIGTERM');
    await new Promise((resolve) => (launcher.exitCode === null ? launcher.once('exit', resolve) : resolve(null)));
    rmSync(folder, { recursive: true, force: true });
  }
}
