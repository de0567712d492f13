import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../running-system.ts';
import { fuzzBus } from './bus.ts';
import { Bystander, type BystanderReport } from './bystander.ts';
import { fuzzPaths, fuzzSizes, SlowConnections } from './connections.ts';
import { fuzzRest } from './rest.ts';
import { fuzzEvents, fuzzFrames } from './sockets.ts';
import type { Tally } from './tally.ts';
import { prepareTarget, type FuzzTarget } from './target.ts';
import { fuzzTokens } from './tokens.ts';

/** A system that a fuzz can begin with: who sends is told by the header of a proxy, so that no address is refused for what others did. */
export const FUZZ_ENV = { PERFWATCH_HOST_ID: 'e2e-host', PERFWATCH_TRUSTED_PROXIES: 'loopback' };

const MEGABYTE = 1024 * 1024;
/** Caches fill up and the heap is not collected at once; a leak of 100,000 messages is far above it. */
const MAX_GROWTH_BYTES = 200 * MEGABYTE;
/** Slow headers are ended after 10 s, looked for every 2 s. */
const SLOW_ENDED_MS = 45_000;
const SETTLE_MS = 3000;
const CRASH = /uncaught|unhandled|FATAL ERROR|ended with|has ended|ERR_[A-Z_]+/i;

export interface FuzzReport {
  tallies: readonly Tally[];
  bystander: BystanderReport;
  /** Of the resident memory of the server process, from after the first kind of message, when all code is loaded, to the end. */
  grownBytes: number;
  faults: string[];
}

const SURFACES: readonly ((target: FuzzTarget) => Promise<Tally>)[] = [
  fuzzRest,
  fuzzTokens,
  fuzzEvents,
  fuzzFrames,
  fuzzBus,
  fuzzPaths,
  fuzzSizes,
];

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

/** Faults that the system itself tells of: a process that is another, a log that speaks of a crash, a service that is not up. */
async function faultsOf(system: RunningSystem, pids: readonly number[]): Promise<string[]> {
  const now = [system.pidOf('server'), system.pidOf('collectors'), system.pidOf('nats-server'), system.pidOf('postgres')];
  const faults = now.flatMap((pid, index) => (pid === pids[index] ? [] : [`process ${pids[index]} has ended`]));
  const crash = system
    .output()
    .split('\n')
    .find((line) => CRASH.test(line));
  if (crash !== undefined) faults.push(`the log says: ${crash.slice(0, 500)}`);
  const failed = system
    .output()
    .split('\n')
    .find((line) => line.includes('a request failed') || line.includes('an action failed'));
  if (failed !== undefined) faults.push(`the log says: ${failed.slice(0, 800)}`);
  const ready = await fetch(`${system.url}/health/ready`);
  if (!ready.ok) faults.push(`not ready afterwards: ${await ready.text()}`);
  return faults;
}

/** What a viewer saw, and what memory it took, in a line. */
export function fuzzLine({ bystander, grownBytes }: FuzzReport): string {
  const { requests, medianMs, p99Ms, maxMs } = bystander;
  const times = `median ${medianMs} ms, 99 % within ${p99Ms} ms, at most ${maxMs} ms`;
  return `a viewer meanwhile: ${requests} requests, ${times}; the server process grew by ${Math.round(grownBytes / MEGABYTE)} MB`;
}

/** Sends `count` hostile messages of each kind, the same for the same seed, and says what they have brought about. */
export async function runFuzz({
  system,
  seed,
  count,
  report = () => undefined,
}: Pick<FuzzTarget, 'system' | 'seed' | 'count'> & { report?: (line: string) => void }): Promise<FuzzReport> {
  const target = await prepareTarget({ system, seed, count });
  const pids = [system.pidOf('server'), system.pidOf('collectors'), system.pidOf('nats-server'), system.pidOf('postgres')];
  const [server = 0] = pids;
  const bystander = new Bystander({ url: system.url, token: target.viewerToken });
  const slow = new SlowConnections(system.url);
  const slowUntilMs = performance.now() + SLOW_ENDED_MS;
  const tallies: Tally[] = [];
  let warmBytes = 0;
  for (const surface of SURFACES) {
    const tally = await surface(target);
    tallies.push(tally);
    report(tally.summary());
    if (warmBytes === 0) warmBytes = residentBytes(server);
  }
  while (slow.open > 0 && performance.now() < slowUntilMs) await delay(200);
  const faults = slow.open > 0 ? [`${slow.open} slow connections are still open`] : [];
  slow.stop();
  const seen = await bystander.stop();
  await delay(SETTLE_MS);
  const grownBytes = residentBytes(server) - warmBytes;
  if (grownBytes > MAX_GROWTH_BYTES) faults.push(`the server process has grown by ${Math.round(grownBytes / MEGABYTE)} MB`);
  faults.push(...tallies.flatMap((tally) => tally.faults), ...seen.faults.slice(0, 10), ...(await faultsOf(system, pids)));
  return { tallies, bystander: seen, grownBytes, faults };
}
