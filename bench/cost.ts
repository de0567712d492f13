import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../e2e/running-system.ts';
import { runClients } from './client-process.ts';
import { cpuMs, pssBytes } from './process-cost.ts';
import { megabytes, type Figure } from './table.ts';

const WARM_UP_MS = 30_000;
const SECONDS = 60;

const BOUNDS = {
  collectors: { cpuPercent: 0.6, pssBytes: 85 * 2 ** 20 },
  server: { cpuPercent: 1, pssBytes: 130 * 2 ** 20 },
} as const;

/** What the two processes cost with one viewer, at one Sample a second: share of one core, proportional set size. */
export async function measureCost(system: RunningSystem): Promise<Figure[]> {
  const names = ['collectors', 'server'] as const;
  await delay(WARM_UP_MS);
  const before = new Map<string, number>();
  const startedAt = performance.now();
  const viewing = runClients('viewers.ts', {
    args: [system.url, '1', String(SECONDS)],
    input: await system.token(),
    onMeasuring: () => {
      for (const name of names) before.set(name, cpuMs(system.pidOf(name)));
    },
  });
  await viewing;
  const elapsedMs = Math.min(performance.now() - startedAt, SECONDS * 1000);
  return names.map((name) => {
    const pid = system.pidOf(name);
    const cpuPercent = ((cpuMs(pid) - (before.get(name) ?? 0)) / elapsedMs) * 100;
    const pss = pssBytes(pid);
    const bound = BOUNDS[name];
    return {
      name: name === 'server' ? 'server process, one viewer' : 'collectors process, all seven at 1 s',
      measured: `${cpuPercent.toFixed(2)} % of a core, ${megabytes(pss)} PSS`,
      target: `under ${bound.cpuPercent} %, ${megabytes(bound.pssBytes)}`,
      holds: cpuPercent < bound.cpuPercent && pss < bound.pssBytes,
    };
  });
}
