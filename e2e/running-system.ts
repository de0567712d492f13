import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = path.resolve(import.meta.dirname, '..');
const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;
export const PASSWORD = 'correct-horse-battery';

/** The whole of PerfWatch, as `npm start` runs it, on free ports and in a data directory of its own. */
export interface RunningSystem {
  readonly url: string;
  readonly dataDir: string;
  /** Without credentials, as a tool on the same machine would use it. */
  readonly natsUrl: string;
  /** From starting the launcher to the block that says it is ready. */
  readonly readyMs: number;
  readonly launcherPid: number;
  /** Everything printed so far. */
  output(): string;
  /** Pid of the process that runs the services of one side. */
  pidOf(name: 'collectors' | 'server' | 'nats-server' | 'postgres'): number;
  /** A log-in token of the administrator. */
  token(): Promise<string>;
  /** `GET` of an API path with a token, parsed. */
  get(apiPath: string): Promise<unknown>;
  /** SIGTERM, then waits; resolves to the exit code. The data stays. */
  stop(): Promise<number | null>;
  /** SIGKILL of the launcher alone. */
  killLauncher(): Promise<void>;
  /** Deletes the data directory. */
  remove(): void;
}

export interface StartOptions {
  /** Default: a new temporary one. */
  dataDir?: string;
  env?: Record<string, string>;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

function childPids(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

const commandLine = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');

const PROCESS_PATTERNS = {
  collectors: /service-process-main\.ts collectors/,
  server: /service-process-main\.ts server/,
  'nats-server': /^\S*nats-server /,
  postgres: /^\S*bin\/postgres /,
} as const;

function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

/** Starts `perfwatch up`; throws with everything it printed when it is not ready in time. */
export async function startSystem({
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'perfwatch-e2e-')),
  env = {},
}: StartOptions = {}): Promise<RunningSystem> {
  const httpPort = env['PERFWATCH_HTTP_PORT'] ?? String(await freePort());
  const natsPort = env['PERFWATCH_NATS_PORT'] ?? String(await freePort());
  const url = `http://127.0.0.1:${httpPort}`;
  const startedAt = performance.now();
  const launcher = spawn(process.execPath, ['services/launcher/src/main.ts', 'up'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PERFWATCH_DATA_DIR: dataDir,
      PERFWATCH_HTTP_PORT: httpPort,
      PERFWATCH_NATS_PORT: natsPort,
      PERFWATCH_ADMIN_PASSWORD: PASSWORD,
      ...env,
    },
  });
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  while (!output.includes(url)) {
    if (launcher.exitCode !== null) throw new Error(`perfwatch up ended with ${launcher.exitCode}:\n${output}`);
    if (performance.now() - startedAt > READY_DEADLINE_MS) {
      launcher.kill('SIGKILL');
      throw new Error(`perfwatch up was not ready in time:\n${output}`);
    }
    await delay(20);
  }
  const readyMs = performance.now() - startedAt;
  const launcherPid = launcher.pid ?? 0;

  async function token(): Promise<string> {
    const body = JSON.stringify({ username: 'admin', password: PASSWORD });
    const response = await fetch(`${url}/api/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const reply: unknown = await response.json();
    if (response.ok && typeof reply === 'object' && reply !== null && 'access_token' in reply) return String(reply.access_token);
    throw new Error(`log-in failed: ${JSON.stringify(reply)}`);
  }

  return {
    url,
    dataDir,
    natsUrl: `nats://127.0.0.1:${natsPort}`,
    readyMs,
    launcherPid,
    output: () => output,
    pidOf(name) {
      const tree = (pid: number): number[] => [pid, ...childPids(pid).flatMap(tree)];
      const pid = childPids(launcherPid)
        .flatMap(tree)
        .find((candidate) => existsSync(`/proc/${candidate}`) && PROCESS_PATTERNS[name].test(commandLine(candidate)));
      if (pid === undefined) throw new Error(`${name} is not running under ${launcherPid}`);
      return pid;
    },
    token,
    async get(apiPath) {
      const response = await fetch(`${url}${apiPath}`, { headers: { authorization: `Bearer ${await token()}` } });
      const reply: unknown = await response.json();
      if (!response.ok) throw new Error(`${apiPath}: ${JSON.stringify(reply)}`);
      return reply;
    },
    async stop() {
      launcher.kill('SIGTERM');
      const hurry = setTimeout(() => launcher.kill('SIGKILL'), STOP_DEADLINE_MS);
      const code = await exited(launcher);
      clearTimeout(hurry);
      return code;
    },
    async killLauncher() {
      launcher.kill('SIGKILL');
      await exited(launcher);
    },
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}
