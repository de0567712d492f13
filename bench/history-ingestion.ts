import { setTimeout as delay } from 'node:timers/promises';
import { METRICS_STREAM } from '@perfwatch/contract';
import { natsOptions } from '@perfwatch/bus';
import { connect } from 'nats';
import { Client } from 'pg';
import { fortyNumbersEach, NUMBERS_PER_SAMPLE } from './forty-numbers.ts';
import { HistorySystem } from './history-system.ts';
import { cpuMs, peakRssBytes, treeCpuMs } from './process-cost.ts';
import { COLLECTORS, type Recording } from './recording.ts';
import { RecordedCollector, ReplayedSamples } from './replayed-samples.ts';
import { SampleStream } from './sample-stream.ts';
import { megabytes, type Figure } from './table.ts';

const HOUR_MS = 3_600_000;
const HOUR_SECONDS = 3600;
const TARGET_PER_SEC = 10_000;
const SEALED_HOSTS = 100;
const SEALING_BOUND = { seconds: 60, rssBytes: 200 * 2 ** 20 };
/** Taken from the hour that is sealed afterwards; the rest comes in unmeasured. */
const MEASURED_SECONDS = 1200;
const PART_SECONDS = 300;
const SETTLE_MS = 4000;
const POLL_MS = 50;

/** Publishes some seconds of an hour, for every host and collector. */
class HourOfHosts {
  readonly #series: { host: string; replayed: ReplayedSamples }[];
  readonly #stream: SampleStream;
  readonly #startMs: number;
  #second = 0;

  constructor(recording: Recording, { hosts, stream, startMs }: { hosts: number; stream: SampleStream; startMs: number }) {
    const collectors = COLLECTORS.map((collector) => new RecordedCollector(recording, collector));
    this.#series = Array.from({ length: hosts }, (_, host) =>
      collectors.map((recorded, index) => ({ host: `bench-${host}`, replayed: new ReplayedSamples(recorded, 100 * host + index) })),
    ).flat();
    this.#stream = stream;
    this.#startMs = startMs;
  }

  /** Resolves to the number of Samples when JetStream has them. */
  async publish(seconds: number): Promise<number> {
    const end = this.#second + seconds;
    for (; this.#second < end; this.#second += 1) {
      for (const { host, replayed } of this.#series) await this.#stream.publish(replayed.at(this.#startMs + this.#second * 1000, host));
    }
    await this.#stream.taken();
    return seconds * this.#series.length;
  }
}

/** Works a backlog off with one persistence process and nothing else to do, from its first commit to its last. */
async function measureIngestion(system: HistorySystem): Promise<{ perSec: number; persistence: number; postgres: number; nats: number }> {
  const connection = await connect(natsOptions({ servers: system.nats.url, name: 'bench' }));
  const { streams } = await connection.jetstreamManager();
  const left = async () => (await streams.info(METRICS_STREAM)).state.messages;
  const before = await left();
  const pid = system.run('persistence');
  let from = before;
  while (from === before) {
    await delay(POLL_MS);
    from = await left();
  }
  const cpuOfAll = () => [cpuMs(pid), treeCpuMs(system.postgres.pid), cpuMs(system.nats.pid)];
  const [startedAt, cpuFrom] = [performance.now(), cpuOfAll()];
  while ((await left()) > 0) await delay(POLL_MS);
  const elapsedMs = performance.now() - startedAt;
  const [persistence = NaN, postgres = NaN, nats = NaN] = cpuOfAll().map((ms, index) => ((ms - (cpuFrom[index] ?? NaN)) / elapsedMs) * 100);
  await connection.close();
  return { perSec: (from / elapsedMs) * 1000, persistence, postgres, nats };
}

async function untilSealed(client: Client, series: number): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM raw_segment');
    if ((rows[0]?.count ?? 0) >= series) return;
    await delay(POLL_MS);
  }
}

/** CPU time of sealing what there is, without what the process takes to start, and its largest memory. */
async function measureSealing(system: HistorySystem, { series, startCpuMs }: { series: number; startCpuMs: number }) {
  const client = new Client({ connectionString: system.postgres.url });
  await client.connect();
  const postgresFrom = treeCpuMs(system.postgres.pid);
  const startedAt = performance.now();
  const pid = system.run('retention');
  await untilSealed(client, series);
  const elapsedMs = performance.now() - startedAt;
  await client.end();
  return {
    retentionMs: cpuMs(pid) - startCpuMs,
    postgresMs: treeCpuMs(system.postgres.pid) - postgresFrom,
    elapsedMs,
    rssBytes: peakRssBytes(pid),
  };
}

/** What a retention process with nothing to do has used when it has started. */
async function startCost(system: HistorySystem): Promise<number> {
  const pid = system.run('retention');
  await system.untilUp('retention');
  await delay(SETTLE_MS);
  const spentMs = cpuMs(pid);
  await system.end('retention');
  return spentMs;
}

/** Ingestion of Samples of forty numbers, then the sealing of their hour. */
export async function measureIngestionAndSealing(recorded: Recording, hosts: number): Promise<Figure[]> {
  const recording = fortyNumbersEach(recorded);
  const system = await HistorySystem.start();
  try {
    // Makes the tables and the stream.
    system.run('persistence');
    await system.untilUp('persistence');
    await system.end('persistence');
    const startCpuMs = await startCost(system);
    const stream = await SampleStream.open(system.nats.url);
    const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS;
    const hour = new HourOfHosts(recording, { hosts, stream, startMs });
    const count = await hour.publish(MEASURED_SECONDS);
    const ingestion = await measureIngestion(system);
    for (let second = MEASURED_SECONDS; second < HOUR_SECONDS; second += PART_SECONDS) {
      await hour.publish(PART_SECONDS);
      await system.untilStored();
    }
    await system.end('persistence');
    await stream.close();
    const series = hosts * COLLECTORS.length;
    return [ingestionFigure(count, ingestion), sealingFigure(hosts, await measureSealing(system, { series, startCpuMs }))];
  } finally {
    await system.stop();
  }
}

function ingestionFigure(count: number, { perSec, persistence, postgres, nats }: Awaited<ReturnType<typeof measureIngestion>>): Figure {
  const shares = `persistence ${persistence.toFixed(0)} %, PostgreSQL ${postgres.toFixed(0)} %, nats-server ${nats.toFixed(0)} % of a core`;
  return {
    name: `ingestion, one persistence process, ${count} Samples of ${NUMBERS_PER_SAMPLE} numbers to committed rows`,
    measured: `${perSec.toFixed(0)} Samples/s (${shares})`,
    target: `${TARGET_PER_SEC} Samples/s on one core`,
    holds: perSec >= TARGET_PER_SEC,
  };
}

function sealingFigure(
  hosts: number,
  { retentionMs, postgresMs, elapsedMs, rssBytes }: Awaited<ReturnType<typeof measureSealing>>,
): Figure {
  const scale = SEALED_HOSTS / hosts;
  const seconds = (ms: number) => ((ms * scale) / 1000).toFixed(1);
  const scaled = hosts === SEALED_HOSTS ? '' : `, measured on ${hosts} hosts and scaled`;
  return {
    name: `sealing one hour of ${SEALED_HOSTS} hosts x ${COLLECTORS.length} collectors at 1 s, ${NUMBERS_PER_SAMPLE} numbers each`,
    measured: `CPU ${seconds(retentionMs + postgresMs)} s (retention ${seconds(retentionMs)}, PostgreSQL ${seconds(postgresMs)}), took ${seconds(elapsedMs)} s${scaled}; peak memory ${megabytes(rssBytes)}`,
    target: `under ${SEALING_BOUND.seconds} s of one core, ${megabytes(SEALING_BOUND.rssBytes)}`,
    holds: (retentionMs + postgresMs) * scale < SEALING_BOUND.seconds * 1000 && rssBytes < SEALING_BOUND.rssBytes,
  };
}
