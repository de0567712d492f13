import { accessSync, constants, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { PerfwatchError } from '@perfwatch/contract';
import { findFreePort } from './free-port.ts';
import { endLeftovers } from './leftovers.ts';
import { JETSTREAM_ACCOUNTS } from './nats-accounts.ts';
import { prepareUsers } from './nats-users.ts';
import { dyingWithParent } from './parent-death.ts';
import { writePrivateFile } from './secret-file.ts';
import { ServerProcess, type ExitListener } from './server-process.ts';

export interface NatsServerOptions {
  /** Directory of its own; made when missing. Holds the configuration, the users and JetStream's files. */
  dir: string;
  /** 0 picks a free one. */
  port: number;
  /** Address to listen on; the loopback one unless told. Beyond it only those with credentials are let in. */
  listenHost?: string;
  /** The host whose collectors run beside the server, with credentials of their own; absent where none do. */
  collectorHost?: string;
  /** The program, as `findNatsServer` gives it. */
  program: string;
  /** Lines added to the configuration, for tests. */
  extraConfig?: string;
  /** The server's log, line by line. */
  onLine?: (line: string) => void;
}

export interface NatsServer {
  /** `nats://` with the services' credentials in it. */
  readonly url: string;
  /** The same with those of the collectors that run beside it; null where none do. */
  readonly collectorUrl: string | null;
  /** The same without credentials: what anyone on this machine may use to listen. */
  readonly publicUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Calls `listener` when the server ends without having been stopped. */
  onExit(listener: ExitListener): void;
  /** Idempotent. */
  stop(): Promise<void>;
}

const PROGRAM_NAME = 'nats-server';
const READY_TIMEOUT_MS = 30_000;
const STOP_GRACE_MS = 5000;
const PORT_ATTEMPTS = 5;
/** JetStream's own bound; the stream of samples has a smaller one. */
const LOOPBACK = '127.0.0.1';
const ANY_ADDRESS = ['0.0.0.0', '::'];
const LOOPBACK_NAMES = ['localhost', '::1'];
const MAX_FILE_STORE = '8GB';
const MAX_MEMORY_STORE = '32MB';
/** The Go runtime collects rather than grows beyond this. */
const MEMORY_LIMIT = '64MiB';

/** False, too, for what lies in another user's directory: $PATH may name such. */
function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** nats-server in the directories of `searchPath` ($PATH), and in the sbin beside each bin, where Debian keeps it and an ordinary user does not look. */
export function findNatsServer(searchPath: string): string | null {
  const dirs = searchPath.split(delimiter).filter((dir) => dir !== '');
  const siblings = dirs.filter((dir) => basename(dir) === 'bin').map((dir) => join(dirname(dir), 'sbin'));
  return [...dirs, ...siblings].map((dir) => join(dir, PROGRAM_NAME)).find(isProgram) ?? null;
}

/** Has a running server read its users again (nats-server's SIGHUP). */
export function reloadNats(pid: number): void {
  process.kill(pid, 'SIGHUP');
}

/** Whether only this machine can reach what listens on `host`. */
export const isLoopback = (host: string): boolean => host.startsWith('127.') || LOOPBACK_NAMES.includes(host);

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** JSON strings are valid in nats-server's configuration language. */
function configuration({ dir, listenHost = LOOPBACK, extraConfig = '' }: NatsServerOptions, port: number): string {
  return `# Written by PerfWatch at every start.
server_name: perfwatch
listen: ${JSON.stringify(`${bracketed(listenHost)}:${port}`)}
max_payload: 1MB
logtime: false
jetstream: { store_dir: ${JSON.stringify(join(dir, 'jetstream'))}, max_memory_store: ${MAX_MEMORY_STORE}, max_file_store: ${MAX_FILE_STORE} }
include ./users.conf
${extraConfig}
`;
}

async function serve(port: number, options: NatsServerOptions): Promise<ServerProcess> {
  const { dir, program, onLine } = options;
  writePrivateFile(join(dir, 'nats.conf'), configuration(options, port));
  const wrap = await dyingWithParent();
  return ServerProcess.start({
    title: PROGRAM_NAME,
    command: wrap({ file: program, args: ['-c', join(dir, 'nats.conf')] }),
    cwd: dir,
    env: { GOMEMLIMIT: MEMORY_LIMIT },
    isReady: (line) => line.includes('Server is ready'),
    isFatal: (line) => /\[(FTL|ERR)\]|^nats-server: /.test(line),
    readyTimeoutMs: READY_TIMEOUT_MS,
    onLine,
  });
}

async function serveOnSomePort(options: NatsServerOptions): Promise<{ server: ServerProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port === 0 ? await findFreePort() : options.port;
    try {
      return { server: await serve(port, options), port };
    } catch (error) {
      const isPortTaken = error instanceof PerfwatchError && error.message.includes('address already in use');
      if (!isPortTaken) throw error;
      if (options.port !== 0 || attempt === PORT_ATTEMPTS) {
        throw new PerfwatchError('unavailable', `Port ${port} for NATS is in use: set PERFWATCH_NATS_PORT to another`, { cause: error });
      }
    }
  }
}

/** Streams were in the account of everyone before the services had one of their own. */
function moveStreams(dir: string): void {
  const below = (account: string) => join(dir, 'jetstream/jetstream', account);
  const { before, now } = JETSTREAM_ACCOUNTS;
  if (existsSync(below(before)) && !existsSync(below(now))) renameSync(below(before), below(now));
}

/**
 * Starts a nats-server with JetStream, over the files in `dir`; ends whatever server an earlier run left in it.
 * Throws PerfwatchError('unavailable') with one line that says why it cannot.
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const { dir, listenHost = LOOPBACK, collectorHost = null } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  await endLeftovers(dir, PROGRAM_NAME);
  moveStreams(dir);
  const users = prepareUsers({ dir, collectorHost, letsAnyoneListen: isLoopback(listenHost) });
  const { server, port } = await serveOnSomePort(options);
  const address = `${bracketed(ANY_ADDRESS.includes(listenHost) ? LOOPBACK : listenHost)}:${port}`;
  return {
    url: `nats://${users.service}@${address}`,
    collectorUrl: users.ownCollector === null ? null : `nats://${users.ownCollector}@${address}`,
    publicUrl: `nats://${address}`,
    port,
    pid: server.pid,
    onExit: (listener) => server.onExit(listener),
    stop: () => server.stop(['SIGTERM', 'SIGKILL'], STOP_GRACE_MS),
  };
}
