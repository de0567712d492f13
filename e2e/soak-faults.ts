import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from './soak-random.ts';
import type { Victim } from './soak-system.ts';

/** How fast things are killed; each a range in milliseconds from which a moment is drawn. */
export interface Pace {
  readonly pauseMs: readonly [number, number];
  readonly awayMs: readonly [number, number];
}

/** A second one dies while the first is away. */
const BOTH_SHARE = 0.25;

async function killAndRevive(victim: Victim, awayMs: number): Promise<void> {
  await victim.kill();
  await delay(awayMs);
  await victim.revive();
}

/** Kills until `untilMs` (of performance.now()): every victim once, in a new order each time. Resolves to how often each was killed, when all are back. */
export async function injectFaults(
  victims: readonly Victim[],
  { random, pace, untilMs }: { random: SeededRandom; pace: Pace; untilMs: number },
): Promise<Map<string, number>> {
  const kills = new Map(victims.map(({ name }) => [name, 0]));
  const strike = (victim: Victim): Promise<void> => {
    kills.set(victim.name, (kills.get(victim.name) ?? 0) + 1);
    return killAndRevive(victim, random.between(...pace.awayMs));
  };
  let order: Victim[] = [];
  while (performance.now() < untilMs) {
    await delay(random.between(...pace.pauseMs));
    if (order.length === 0) order = random.shuffled(victims);
    await Promise.all(order.splice(0, random.next() < BOTH_SHARE ? 2 : 1).map(strike));
  }
  return kills;
}
