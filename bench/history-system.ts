import { setTimeout as delay } from 'node:timers/promises';
import { METRICS_STREAM } from '@perfwatch/contract';
import { natsOptions } from '@perfwatch/bus';
import { V8_OPTIONS } from '@perfwatch/launcher';
import {
  LaunchedPerfwatch,
  startTestNats,
  startTestPostgres,
  temporaryDataDirectory,
  type TestNats,
  type TestServer,
} from '@perfwatch/testing';
import { connect } from 'nats';
import { freePort, PASSWORD } from '../e2e/running-system.ts';
import { ApiClient } from './api-client.ts';

const POLL_MS = 100;
const DEADLINE_MS = 600_000;

/** The server side, each service that is measured in a process of its own, on a durable PostgreSQL. */
export class HistorySystem {
  readonly nats: TestNats;
  readonly postgres: TestServer;
  readonly api: ApiClient;
  readonly #dataDir = temporaryDataDirectory();
  readonly #httpPort: number;
  readonly #launched = new Map<string, LaunchedPerfwatch>();

  private constructor({ nats, postgres, httpPort }: { nats: TestNats; postgres: TestServer; httpPort: number }) {
    this.nats = nats;
    this.postgres = postgres;
    this.#httpPort = httpPort;
    this.api = new ApiClient(`http://127.0.0.1:${httpPort}`, PASSWORD);
  }

  /** Everything but persistence and retention. */
  static async start(): Promise<HistorySystem> {
    const [nats, postgres, httpPort] = await Promise.all([startTestNats(), startTestPostgres({ isDurable: true }), freePort()]);
    const system = new HistorySystem({ nats, postgres, httpPort });
    system.run('history', 'settings', 'auth', 'gateway');
    await until(async () => (await fetch(`${system.api.url}/health`)).ok);
    return system;
  }

  /** Starts services in a process; gives its id. */
  run(...services: string[]): number {
    const launched = new LaunchedPerfwatch({
      args: ['run', ...services],
      env: {
        PERFWATCH_NATS_URL: this.nats.url,
        PERFWATCH_DATABASE_URL: this.postgres.url,
        PERFWATCH_DATA_DIR: this.#dataDir.path,
        PERFWATCH_HTTP_PORT: String(this.#httpPort),
        PERFWATCH_ADMIN_PASSWORD: PASSWORD,
        PERFWATCH_LOG_LEVEL: 'warn',
        // The heap that services have in the server process of `perfwatch up`.
        NODE_OPTIONS: V8_OPTIONS.server.join(' '),
      },
    });
    this.#launched.set(services.join('+'), launched);
    return launched.pid;
  }

  /** Ends what `run` started under that name. */
  async end(service: string): Promise<void> {
    await this.#launched.get(service)?.stop();
    this.#launched.delete(service);
  }

  /** Keeps what `run` started under that name from doing anything until `resume`. */
  pause(service: string): void {
    this.#launched.get(service)?.signal('SIGSTOP');
  }

  resume(service: string): void {
    this.#launched.get(service)?.signal('SIGCONT');
  }

  /** Until every service of the names answers. */
  untilUp(...services: string[]): Promise<void> {
    return until(async () => {
      const up = await this.api.servicesUp();
      return services.every((service) => up.has(service));
    });
  }

  /** Until all that JetStream has is committed, which is when it is acknowledged. */
  async untilStored(): Promise<void> {
    const connection = await connect(natsOptions({ servers: this.nats.url, name: 'bench' }));
    try {
      const { streams } = await connection.jetstreamManager();
      await until(async () => (await streams.info(METRICS_STREAM)).state.messages === 0);
    } finally {
      await connection.close();
    }
  }

  async stop(): Promise<void> {
    for (const [service, launched] of this.#launched) {
      this.resume(service);
      await launched.stop();
    }
    await Promise.all([this.nats.dispose(), this.postgres.dispose()]);
    this.#dataDir.dispose();
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`not after ${DEADLINE_MS / 1000} s: ${isSo.toString()}`);
    await delay(POLL_MS);
  }
}
