import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { HostFs } from '@perfwatch/procfs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { CpuReader } from './cpu-reader.ts';

const SECONDS = 5;
const TOLERANCE_POINTS = 2;
const isInstalled = (program: string) => spawnSync(program, ['-V']).error === undefined;

const share = z.number();
const mpstatSchema = z.object({
  sysstat: z.object({
    hosts: z.tuple([
      z.object({
        statistics: z.tuple([
          z.object({
            'cpu-load': z.array(
              z.object({
                ...{ cpu: z.string(), usr: share, nice: share, sys: share, iowait: share, irq: share, soft: share },
                ...{ steal: share, guest: share, gnice: share, idle: share },
              }),
            ),
          }),
        ]),
      }),
    ]),
  }),
});

/** Keeps one CPU busy until the test ends. */
async function startBusyLoop(): Promise<void> {
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
}

/** What mpstat and the collector say about the same seconds. */
async function readBoth() {
  const reader = new CpuReader({ fs: new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' }), nowMs: () => performance.now() });
  const finished = promisify(execFile)('mpstat', ['-P', 'ALL', '-o', 'JSON', String(SECONDS), '1'], {
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
  });
  reader.read({ elapsedMs: null });
  const { stdout } = await finished;
  const { metrics } = reader.read({ elapsedMs: SECONDS * 1000 });
  const loads = mpstatSchema.parse(JSON.parse(stdout)).sysstat.hosts[0].statistics[0]['cpu-load'];
  return { metrics, loads };
}

describe('the cpu collector on this machine', () => {
  // Both measure for themselves, a few milliseconds apart: a burst in between is not a defect, three in a row are.
  it.skipIf(!isInstalled('mpstat'))(
    'agrees with mpstat within 2 points on every mode and core under load (needs mpstat, from the package sysstat)',
    { retry: 2 },
    async () => {
      await startBusyLoop();
      const { metrics, loads } = await readBoth();
      expect(loads.length).toBeGreaterThan(1);
      for (const load of loads) {
        const ours = load.cpu === 'all' ? metrics : metrics.core?.[load.cpu];
        const pairs = {
          ...{
            user_percent: load.usr,
            nice_percent: load.nice,
            system_percent: load.sys,
            iowait_percent: load.iowait,
            irq_percent: load.irq,
          },
          ...{ softirq_percent: load.soft, steal_percent: load.steal, guest_percent: load.guest + load.gnice, idle_percent: load.idle },
          usage_percent: 100 - load.idle - load.iowait,
        } as const;
        for (const [metric, theirs] of Object.entries(pairs)) {
          expect(ours, `${load.cpu} ${metric}`).toHaveProperty(metric);
          const value = Object.entries(ours ?? {}).find(([name]) => name === metric)?.[1];
          expect(Math.abs(Number(value) - theirs), `CPU ${load.cpu} ${metric}: ${String(value)}, mpstat ${theirs}`).toBeLessThanOrEqual(
            TOLERANCE_POINTS,
          );
        }
      }
      expect(metrics.usage_percent).toBeGreaterThan(0);
    },
  );
});
