import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer, startNatsServer, startPostgres, type NatsServer, type PostgresServer } from '@perfwatch/embedded';

/** A real server for a test, in a directory of its own under the system's temporary one. Ends with the test process at the latest. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Changes with `restart`. */
  readonly pid: number;
  /** Where its files are. */
  readonly dir: string;
  /** Ends it in order; `restart` brings it back with its data. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data, after `stop`, `kill` or none. */
  restart(): Promise<void>;
  /** Ends it and deletes its files. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface TestNats extends TestServer {
  /** Without credentials: a client that may only listen to what is public. */
  readonly publicUrl: string;
  /** With the credentials of a host's own collectors; empty unless started for one. */
  readonly collectorUrl: string;
}

type Startable = PostgresServer | NatsServer;

class Restartable<S extends Startable> implements TestServer {
  readonly dir: string;
  protected server: S;
  readonly #start: (port: number) => Promise<S>;

  constructor(dir: string, server: S, start: (port: number) => Promise<S>) {
    this.dir = dir;
    this.server = server;
    this.#start = start;
  }

  get url(): string {
    return this.server.url;
  }

  get port(): number {
    return this.server.port;
  }

  get pid(): number {
    return this.server.pid;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  async kill(): Promise<void> {
    const exited = new Promise<void>((resolve) => this.server.onExit(() => resolve()));
    process.kill(this.pid, 'SIGKILL');
    await exited;
  }

  async restart(): Promise<void> {
    await this.server.stop();
    this.server = await this.#start(this.port);
  }

  async dispose(): Promise<void> {
    await this.server.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

class RestartableNats extends Restartable<NatsServer> implements TestNats {
  get publicUrl(): string {
    return this.server.publicUrl;
  }

  get collectorUrl(): string {
    return this.server.collectorUrl ?? '';
  }
}

/** A PostgreSQL with an empty database. `isDurable` turns fsync on, which is off in tests. */
export async function startTestPostgres({ isDurable = false }: { isDurable?: boolean } = {}): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), 'perfwatch-postgres-'));
  const start = (port: number) => startPostgres({ dir, port, isDurable });
  return new Restartable(dir, await start(0), start);
}

export interface TestNatsOptions {
  /** Added to nats-server's configuration. */
  config?: string;
  /** Host whose collectors get credentials: `collectorUrl`. */
  collectorHost?: string;
}

/** A nats-server with JetStream and PerfWatch's users; `url` has the services' rights. */
export async function startTestNats({ config = '', ...options }: TestNatsOptions = {}): Promise<TestNats> {
  const program = findNatsServer(process.env['PATH'] ?? '');
  if (program === null) throw new Error('nats-server is not installed: apt-get install nats-server');
  const dir = mkdtempSync(join(tmpdir(), 'perfwatch-nats-'));
  const start = (port: number) => startNatsServer({ dir, port, program, extraConfig: config, ...options });
  return new RestartableNats(dir, await start(0), start);
}
