import { setTimeout as delay } from 'node:timers/promises';
import { startSystem } from '../e2e/running-system.ts';
import { anonymousBytes } from './process-cost.ts';
import { megabytes, type Figure } from './table.ts';

const INTERVAL_MS = 100;
const WARM_UP_MS = 180_000;
const MINUTES = 30;
const SAMPLE_MS = 10_000;
/** The garbage collector's own coming and going. */
const BOUND_BYTES = 4 * 2 ** 20;

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/**
 * What the collectors' process holds of its own at 100 ms ticks: the median of its first and of its last five minutes. Its share of what Node.js
 * processes have in common rises and falls with how many of them run.
 */
export async function measureGrowth(): Promise<Figure[]> {
  const system = await startSystem({ env: { PERFWATCH_INTERVAL_MS: String(INTERVAL_MS) } });
  try {
    const pid = system.pidOf('collectors');
    await delay(WARM_UP_MS);
    const sizes: number[] = [];
    for (let elapsedMs = 0; elapsedMs < MINUTES * 60_000; elapsedMs += SAMPLE_MS) {
      sizes.push(anonymousBytes(pid));
      await delay(SAMPLE_MS);
    }
    const part = (5 * 60_000) / SAMPLE_MS;
    const [before, after] = [median(sizes.slice(0, part)), median(sizes.slice(-part))];
    return [
      {
        name: `collectors process over ${MINUTES} minutes at ${INTERVAL_MS} ms`,
        measured: `${megabytes(before)} to ${megabytes(after)} of its own`,
        target: `within ${megabytes(BOUND_BYTES)}`,
        holds: after - before < BOUND_BYTES,
      },
    ];
  } finally {
    await system.stop();
    system.remove();
  }
}
