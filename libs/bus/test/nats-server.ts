import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PORTS_FILE_WAIT_MS = 10;

/** A real nats-server with JetStream on a port of its own; it keeps port and store over `kill` and `start`. */
export class TestNats {
  readonly #dir = mkdtempSync(join(tmpdir(), 'perfwatch-nats-'));
  readonly #authorization: string;
  #port = -1;
  #process: ChildProcess | null = null;

  /** `authorization`: a block of nats-server's configuration. */
  constructor(authorization = '') {
    this.#authorization = authorization;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Resolves when the server accepts connections. */
  async start(): Promise<void> {
    const config = join(this.#dir, 'nats.conf');
    const ports = join(this.#dir, 'ports');
    rmSync(ports, { recursive: true, force: true });
    writeFileSync(
      config,
      `listen: "127.0.0.1:${this.#port}"\nports_file_dir: "${this.#dir}"\njetstream { store_dir: "${this.#dir}/store" }\n${this.#authorization}\n`,
    );
    const server = spawn('nats-server', ['-c', config], { stdio: 'ignore' });
    this.#process = server;
    const written = join(this.#dir, `nats-server_${server.pid}.ports`);
    for (;;) {
      if (server.exitCode !== null) throw new Error(`nats-server exited with ${server.exitCode}`);
      const found = /nats:\/\/127\.0\.0\.1:(\d+)/.exec(readIfThere(written));
      if (found !== null) {
        this.#port = Number(found[1]);
        return;
      }
      await delay(PORTS_FILE_WAIT_MS);
    }
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const server = this.#process;
    this.#process = null;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
