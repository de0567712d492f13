import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUZZ_ENV, runFuzz } from './fuzz/run-fuzz.ts';
import { startSystem, type RunningSystem } from './running-system.ts';

const SEED = 20_261_125;
/** Of each kind; `npm run soak` sends 100,000. */
const MESSAGES = 600;
/** On a machine that does everything else at the same time. */
const VIEWER_P99_MS = 3000;

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ env: FUZZ_ENV });
});
afterAll(async () => {
  await system.stop();
  system.remove();
});

describe('hostile input', () => {
  it('of every kind brings about no 5xx, no crash, no growth and no word of the inside, and a viewer goes on', async () => {
    const { faults, tallies, bystander } = await runFuzz({ system, seed: SEED, count: MESSAGES });
    expect(faults).toEqual([]);
    for (const { kind, sent } of tallies.filter((tally) => tally.kind !== 'sizes')) expect([kind, sent >= MESSAGES]).toEqual([kind, true]);
    expect(bystander.requests).toBeGreaterThan(20);
    expect(bystander.p99Ms).toBeLessThan(VIEWER_P99_MS);
  });
});
