import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { HostFs } from '@perfwatch/procfs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PressureReader } from './pressure-reader.ts';

const SECONDS = 10;
const TOLERANCE = 0.02;
const ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };

/** Twice, some seconds apart: the uptime, the total and the 10 s average of CPU pressure. */
const SCRIPT = `
look() { printf '%s ' "$(cut -d' ' -f1 /proc/uptime)" $(sed -n 's/^some avg10=\\([0-9.]*\\).*total=/\\1 /p' /proc/pressure/cpu); }
look; sleep ${SECONDS}; look`;

/** More loops than there are CPUs, all busy in the same half of every 200 ms: tasks wait for about half of the time. */
async function contendForCpus(): Promise<void> {
  const program = `setInterval(() => { while (Date.now() % 200 < 100); }, 5); setTimeout(() => process.exit(), ${(SECONDS + 5) * 1000});`;
  const children = Array.from({ length: availableParallelism() + 1 }, () => spawn(process.execPath, ['-e', program], { stdio: 'ignore' }));
  onTestFinished(() => children.forEach((child) => child.kill('SIGKILL')));
  await Promise.all(children.map((child) => once(child, 'spawn')));
}

describe('the pressure collector on this machine', () => {
  // Both read for themselves, some milliseconds apart.
  it.skipIf(!existsSync('/proc/pressure/cpu'))(
    'agrees with the counters within 2 % while tasks wait for CPUs (needs /proc/pressure: the kernel parameter psi=1)',
    { retry: 2 },
    async () => {
      const reader = new PressureReader(new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' }));
      await contendForCpus();
      const finished = promisify(execFile)('sh', ['-c', SCRIPT], { env: ENVIRONMENT });
      reader.read({ elapsedMs: null });
      const begin = performance.now();
      const { stdout } = await finished;
      const { metrics, status } = reader.read({ elapsedMs: performance.now() - begin });
      const [uptime = 0, average = 0, total = 0, uptimeAfter = 0, averageAfter = 0, totalAfter = 0] = stdout.trim().split(' ').map(Number);
      const theirs = (totalAfter - total) / (uptimeAfter - uptime) / 10_000;
      const ours = Number(metrics.cpu_some_percent);
      expect(status).toBe('ok');
      expect(ours).toBeGreaterThan(20);
      expect(Math.abs(ours - theirs), `${ours} %, the counters ${theirs} %`).toBeLessThanOrEqual(Math.max(1, TOLERANCE * theirs));
      // An average over the last 10 s lies between what it was and what these 10 s had.
      expect(averageAfter).toBeGreaterThan(Math.min(average, ours) - 10);
      expect(averageAfter).toBeLessThan(Math.max(average, ours) + 10);
    },
  );
});
