import { openBus, type Bus } from '@perfwatch/bus';
import { createLogger } from '@perfwatch/service-kit';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { accountFor, accountForCollector, type SeriesAccount } from './soak-account.ts';
import { runRetention, shownTimes } from './soak-api.ts';
import { drain, sealClosedHours } from './soak-drain.ts';
import { injectFaults, type Pace } from './soak-faults.ts';
import { SoakPublisher } from './soak-publisher.ts';
import { SeededRandom } from './soak-random.ts';
import { checkRollUps } from './soak-rollups.ts';
import { keyOf, Ledger, TICK_MS, type Series } from './soak-samples.ts';
import { droppedHours, readStoredSeries, unsealedHours } from './soak-stored.ts';
import { startSoakSystem, type SoakSystem } from './soak-system.ts';

const HOUR_MS = 3_600_000;
const SETTLED_MS = 60_000;
const CLEANUP_EVERY_MS = 4000;
const COLLECTOR_HOST = 'soak-collectors';
const STEADY: readonly Series[] = ['soak-1', 'soak-2', 'soak-3'].flatMap((host) => [
  { host, collector: 'queue' },
  { host, collector: 'storage' },
]);
/** Its publisher gives up what NATS has not taken within a second. */
const IMPATIENT: readonly Series[] = [{ host: 'soak-impatient', collector: 'queue' }];
const IMPATIENT_QUEUE = { maxAgeMs: 1000 };

export interface SoakOptions {
  /** How long things are killed. */
  durationMs: number;
  seed: number;
  pace: Pace;
  /** Closed hours that Samples come in for. */
  lateHours: number;
  /** How long to wait, when all is stored, for the last rows to be merged; hours that take longer have their roll-ups left out. */
  sealingMs: number;
  report: (line: string) => void;
}

export interface SoakReport {
  kills: Map<string, number>;
  /** Of publishers that keep what NATS does not take, and of this repository's collectors. */
  steady: SeriesAccount[];
  impatient: SeriesAccount[];
  /** By the queues of each kind, while NATS was away. */
  dropped: { steady: number; impatient: number };
  duplicates: number;
  /** Hours of which the hot rows are gone: they are in segments alone. */
  hoursDropped: number;
  /** Closed hours of a series of which not every row was merged in time. */
  unsealed: number;
  rollUps: { compared: number; differences: string[] };
  /** Series of which the API shows other raw points than there are. */
  shownWrongly: string[];
  endedByThemselves: string[];
}

const log = createLogger({ level: 'fatal', name: 'soak', pretty: false });

/** Retention on demand, besides its schedule, so that hours are sealed and dropped while things die; what fails then is tried again. */
async function keepSealing({ system }: SoakSystem, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await runRetention(system).catch(() => undefined);
    await delay(CLEANUP_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function publishThroughFaults(running: SoakSystem, options: SoakOptions, ledger: Ledger) {
  const { seed, pace, durationMs, lateHours } = options;
  const random = new SeededRandom(seed);
  const open = (queue: { maxAgeMs?: number }): Bus => openBus({ servers: running.nats.url, name: 'soak', log, queue });
  const steady = new SoakPublisher({ bus: open({}), ledger, random: new SeededRandom(seed + 1), series: STEADY, lateHours });
  const impatientBus = open(IMPATIENT_QUEUE);
  const impatient = new SoakPublisher({ bus: impatientBus, ledger, random: new SeededRandom(seed + 2), series: IMPATIENT, lateHours: 0 });
  const sealing = new AbortController();
  const sealed = keepSealing(running, sealing.signal);
  const kills = await injectFaults(running.victims, { random, pace, untilMs: performance.now() + durationMs });
  sealing.abort();
  await Promise.all([steady.stop(), impatient.stop(), sealed]);
  return { kills, steady, impatient };
}

async function accountForAll({ system, postgres }: SoakSystem, { ledger, untilMs }: { ledger: Ledger; untilMs: number }) {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const accounts = { steady: [] as SeriesAccount[], impatient: [] as SeriesAccount[], shownWrongly: [] as string[] };
  const rollUps = { compared: 0, differences: [] as string[] };
  try {
    const unsealed = await unsealedHours(client);
    const closedMs = Date.now() - HOUR_MS - SETTLED_MS;
    const { rows: collectors } = await client.query<Series>('SELECT host, collector FROM collector_state WHERE host = $1', [
      COLLECTOR_HOST,
    ]);
    for (const series of [...ledger.series(), ...collectors]) {
      const stored = await readStoredSeries(client, series);
      const isOurs = series.host === COLLECTOR_HOST;
      const account = isOurs ? accountForCollector(series, { stored, untilMs }) : accountFor(series, { ledger, stored });
      accounts[IMPATIENT.includes(series) ? 'impatient' : 'steady'].push(account);
      const isSealed = (hourMs: number) => hourMs < closedMs && !unsealed.has(`${keyOf(series)} ${hourMs}`);
      const { compared, differences } = await checkRollUps(client, { series, stored, isSealed });
      rollUps.compared += compared;
      rollUps.differences.push(...differences);
      const shown = await shownTimes(system, series, stored.ticks.keys());
      if ([...stored.ticks.keys()].some((tsMs) => !shown.has(tsMs))) accounts.shownWrongly.push(keyOf(series));
    }
    return { ...accounts, rollUps, unsealed: unsealed.size, hoursDropped: await droppedHours(client) };
  } finally {
    await client.end();
  }
}

/** Publishes to the whole system while every part of it is killed, and accounts for every Sample afterwards. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { seed, durationMs, report } = options;
  report(`seed ${seed}, ${(durationMs / 60_000).toFixed(1)} minutes`);
  const running = await startSoakSystem({ env: { PERFWATCH_INTERVAL_MS: String(TICK_MS), PERFWATCH_HOST_ID: COLLECTOR_HOST } });
  try {
    const ledger = new Ledger();
    const { kills, steady, impatient } = await publishThroughFaults(running, options, ledger);
    const untilMs = Date.now();
    report('everything is back; waiting until all is stored');
    const left = await drain(running, [steady.bus, impatient.bus]);
    if (left !== null) report(left);
    const dropped = { steady: steady.bus.counters().droppedSamples, impatient: impatient.bus.counters().droppedSamples };
    await Promise.all([steady.bus.close(), impatient.bus.close()]);
    report('all is stored; sealing');
    await sealClosedHours(running, options.sealingMs);
    report('accounting');
    const accounts = await accountForAll(running, { ledger, untilMs });
    return { kills, dropped, duplicates: steady.duplicates, endedByThemselves: running.endedByThemselves(), ...accounts };
  } finally {
    await running.stop();
  }
}
