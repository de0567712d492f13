import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { LaunchedPerfwatch, noteSecret, temporaryDataDirectory } from '@perfwatch/testing';

export const PASSWORD = 'correct-horse-battery';
const STOP_DEADLINE_MS = 20_000;

type ProcessName = 'collectors' | 'server' | 'nats-server' | 'postgres';

const COMMAND_LINES: Readonly<Record<ProcessName, RegExp>> = {
  collectors: /service-process-main\.ts collectors/,
  server: /service-process-main\.ts server/,
  'nats-server': /^\S*nats-server /,
  postgres: /^\S*bin\/postgres /,
};

/** The whole of PerfWatch, as `npm start` runs it, on free ports. */
export interface RunningSystem {
  readonly url: string;
  readonly dataDir: string;
  /** Without credentials, as a tool on the same machine would use it. */
  readonly natsUrl: string;
  /** From starting the launcher to the block that says it is ready. */
  readonly readyMs: number;
  /** Everything printed so far. */
  output: () => string;
  /** The process that runs one side's services, or an embedded server. */
  pidOf: (name: ProcessName) => number;
  /** A log-in token of the administrator. */
  token: () => Promise<string>;
  /** `GET` of an API path with a token, parsed. */
  get: (apiPath: string) => Promise<unknown>;
  /** Ctrl-C, then waits; resolves to the exit code. The data stays. */
  stop: () => Promise<number | null>;
  /** SIGKILL of the launcher alone. */
  killLauncher: () => Promise<void>;
  /** Deletes the data directory. */
  remove: () => void;
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

/** A file of /proc; empty when its process has ended meanwhile, as PostgreSQL's own come and go. */
function readOfProcess(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** A process and everything below it. */
function processTree(root: number): number[] {
  const children = threadsOf(root).flatMap((task) =>
    readOfProcess(`/proc/${root}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  );
  return [root, ...children.flatMap(processTree)];
}

function findProcess(root: number, name: ProcessName): number {
  const pid = processTree(root).find((candidate) =>
    COMMAND_LINES[name].test(readOfProcess(`/proc/${candidate}/cmdline`).replaceAll('\0', ' ')),
  );
  if (pid === undefined) throw new Error(`${name} is not running`);
  return pid;
}

async function fetchToken(url: string): Promise<string> {
  const body = JSON.stringify({ username: 'admin', password: PASSWORD });
  const response = await fetch(`${url}/api/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const reply: unknown = await response.json();
  if (response.ok && typeof reply === 'object' && reply !== null && 'access_token' in reply) {
    const token = String(reply.access_token);
    noteSecret(token);
    return token;
  }
  throw new Error(`log-in failed: ${JSON.stringify(reply)}`);
}

export interface StartOptions {
  /** Default: a new temporary one. */
  dataDir?: string;
  env?: Record<string, string>;
}

/** Starts `perfwatch up`; throws with everything it printed when it is not ready in time. */
export async function startSystem({ dataDir: given, env = {} }: StartOptions = {}): Promise<RunningSystem> {
  const temporary = given === undefined ? temporaryDataDirectory() : null;
  const dataDir = given ?? temporary?.path ?? '';
  const natsPort = await freePort();
  const startedAt = performance.now();
  const launched = new LaunchedPerfwatch({
    env: { PERFWATCH_DATA_DIR: dataDir, PERFWATCH_NATS_PORT: String(natsPort), PERFWATCH_ADMIN_PASSWORD: PASSWORD, ...env },
  });
  const url = await launched.ready();
  let lastToken: string | null = null;
  const token = async () => (lastToken ??= await fetchToken(url));
  return {
    url,
    dataDir,
    natsUrl: `nats://127.0.0.1:${natsPort}`,
    readyMs: performance.now() - startedAt,
    output: () => launched.stdout + launched.stderr,
    pidOf: (name) => findProcess(launched.pid, name),
    token,
    async get(apiPath) {
      const response = await fetch(`${url}${apiPath}`, { headers: { authorization: `Bearer ${await token()}` } });
      const reply: unknown = await response.json();
      if (!response.ok) throw new Error(`${apiPath}: ${JSON.stringify(reply)}`);
      return reply;
    },
    async stop() {
      const hurry = setTimeout(() => launched.signal('SIGKILL'), STOP_DEADLINE_MS);
      const code = await launched.stop();
      clearTimeout(hurry);
      return code;
    },
    async killLauncher() {
      launched.signal('SIGKILL');
      await launched.exitCode;
    },
    remove: () => temporary?.dispose(),
  };
}
