import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { HistorySystem } from './history-system.ts';
import { COLLECTORS, type Recording } from './recording.ts';
import { RecordedCollector, ReplayedSamples } from './replayed-samples.ts';
import { SampleStream } from './sample-stream.ts';
import { megabytes, type Figure } from './table.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BOUND_BYTES = 0.5;
const WAIT_MS = 2000;
/** Hot rows of an hour go half a minute after it was sealed; what is left after this is said. */
const DROP_DEADLINE_MS = 240_000;
const SETTLED_MS = 60_000;

export const BENCH_HOST = 'bench';

export interface Span {
  collectors: readonly string[];
  fromMs: number;
  toMs: number;
  stepMs: number;
}

const RELATION_BYTES = `
  SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0)::float8 AS bytes FROM pg_class
   WHERE relname IN ('raw_segment', 'rollup_segment', 'sealing') OR relname ~ '^sample_\\d{8}_\\d{2}$'`;

/** Fills history through JetStream, hour by hour, and has retention seal what is over. */
export class HistoryFill {
  readonly #system: HistorySystem;
  readonly #stream: SampleStream;
  readonly #replayed: ReadonlyMap<string, ReplayedSamples>;

  private constructor({ system, stream, recording }: { system: HistorySystem; stream: SampleStream; recording: Recording }) {
    this.#system = system;
    this.#stream = stream;
    this.#replayed = new Map(
      COLLECTORS.map((collector, index) => [collector, new ReplayedSamples(new RecordedCollector(recording, collector), index + 1)]),
    );
  }

  static async open(system: HistorySystem, recording: Recording): Promise<HistoryFill> {
    return new HistoryFill({ system, stream: await SampleStream.open(system.nats.url), recording });
  }

  get numberCount(): number {
    return [...this.#replayed.values()].reduce((sum, { numberCount }) => sum + numberCount, 0);
  }

  /** Hours come in whole, as they do when they are sealed after their end: otherwise many would be written anew, and leave dead rows behind. */
  async fill({ collectors, fromMs, toMs, stepMs }: Span, partMs: number): Promise<void> {
    for (let partStartMs = fromMs; partStartMs < toMs; partStartMs = Math.floor(partStartMs / partMs + 1) * partMs) {
      const endMs = Math.min(Math.floor(partStartMs / partMs + 1) * partMs, toMs);
      this.#system.pause('retention');
      for (let tsMs = partStartMs; tsMs < endMs; tsMs += stepMs) {
        for (const collector of collectors) {
          const sample = this.#replayed.get(collector)?.at(tsMs, BENCH_HOST);
          if (sample !== undefined) await this.#stream.publish(sample);
        }
      }
      await this.#stream.taken();
      await this.#system.untilStored();
      this.#system.resume('retention');
      // What fails is done with the next part.
      await this.#system.api.runRetention().catch(() => undefined);
    }
  }

  /** Until no rows of hours that are over are left, or for as long as that may take. */
  async sealed(): Promise<void> {
    const endMs = performance.now() + DROP_DEADLINE_MS;
    const closedMs = Math.floor((Date.now() - SETTLED_MS) / HOUR_MS) * HOUR_MS;
    for (;;) {
      await this.#system.api.runRetention().catch(() => undefined);
      const { tiers } = await this.#system.api.retention();
      const oldest = tiers.find(({ tier }) => tier === 'hot')?.oldest;
      if (oldest === null || oldest === undefined || Date.parse(oldest) >= closedMs || performance.now() > endMs) return;
      await delay(WAIT_MS);
    }
  }

  close(): Promise<void> {
    return this.#stream.close();
  }
}

/** Bytes of all tables of history with their indexes, by tier, for each number that was published. */
export async function measureStorage(
  system: HistorySystem,
  { numbers, hotNumbers, days, machine }: { numbers: number; hotNumbers: number; days: number; machine: string },
): Promise<Figure> {
  const { tiers } = await system.api.retention();
  const client = new Client({ connectionString: system.postgres.url });
  await client.connect();
  const { rows } = await client.query<{ bytes: number }>(RELATION_BYTES);
  await client.end();
  const all = rows[0]?.bytes ?? NaN;
  const hot = tiers.find(({ tier }) => tier === 'hot')?.bytes ?? 0;
  const byTier = tiers.map(({ tier, bytes }) => `${tier} ${megabytes(bytes)}`).join(', ');
  const perNumber = all / numbers;
  return {
    name: `bytes per stored number, all tiers and indexes, ${days} d of 1 s data of ${COLLECTORS.length} collectors, a machine ${machine}, ${(numbers / 1e6).toFixed(0)} million numbers`,
    measured: `${perNumber.toFixed(3)}, ${((all - hot) / (numbers - hotNumbers)).toFixed(3)} without the hot hour (${byTier})`,
    target: `under ${BOUND_BYTES} (the original: 64; netdata 0.6, Prometheus 1 to 2)`,
    holds: perNumber < BOUND_BYTES,
  };
}

export const daysBefore = (atMs: number, days: number): number => atMs - days * DAY_MS;
