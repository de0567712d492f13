import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { natsOptions } from '@perfwatch/bus';
import { subjects, type Metrics, type Sample } from '@perfwatch/contract';
import { connect, type NatsConnection } from 'nats';
import type { RunningSystem } from './running-system.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const run = promisify(execFile);

export interface SampleStreamOptions {
  host: string;
  tickMs: number;
  /** Ticks of the past that are sent first, at once. */
  pastTicks: number;
  /** By collector, what it says at a tick, counted from the beginning of 1970. */
  metricsAt: (tick: number) => Readonly<Record<string, Metrics>>;
}

/** Collectors of a host that is not there: a Sample of each at every tick, published as a collector would with credentials of its own. */
export class SampleStream {
  readonly #connection: NatsConnection;
  readonly #options: SampleStreamOptions;
  readonly #timer: NodeJS.Timeout;
  #tick: number;

  private constructor(connection: NatsConnection, options: SampleStreamOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#tick = Math.floor(Date.now() / options.tickMs) - options.pastTicks;
    this.#sendDue();
    this.#timer = setInterval(() => this.#sendDue(), options.tickMs);
  }

  static async start(system: RunningSystem, options: SampleStreamOptions): Promise<SampleStream> {
    const args = ['services/launcher/src/main.ts', 'credentials', 'create', 'collector', '--host', options.host];
    const { stdout } = await run(process.execPath, args, { cwd: ROOT, env: { ...process.env, PERFWATCH_DATA_DIR: system.dataDir } });
    const connection = await connect(natsOptions({ servers: /nats:\/\/\S+/.exec(stdout)?.[0] ?? '', name: 'e2e' }));
    return new SampleStream(connection, options);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#connection.drain();
  }

  #sendDue(): void {
    const nowTick = Math.floor(Date.now() / this.#options.tickMs);
    for (; this.#tick <= nowTick; this.#tick += 1) this.#send(this.#tick);
  }

  #send(tick: number): void {
    const { host, tickMs, metricsAt } = this.#options;
    const ts = new Date(tick * tickMs).toISOString();
    for (const [collector, metrics] of Object.entries(metricsAt(tick))) {
      const sample = { host, collector, ts, run: 'stream', seq: tick, interval_ms: tickMs, metrics } satisfies Sample;
      this.#connection.publish(subjects.metrics(host, collector), JSON.stringify(sample));
    }
  }
}
