import { PerfwatchError } from '@perfwatch/contract';
import { findFreePort } from './free-port.ts';
import { endLeftovers } from './leftovers.ts';
import { openCluster, POSTGRES_ENVIRONMENT, removeStalePidFile, type PostgresCluster } from './postgres-cluster.ts';
import { DATABASE_NAME, DATABASE_ROLE, settingArguments } from './postgres-settings.ts';
import { ServerProcess, type ExitListener } from './server-process.ts';

export interface PostgresOptions {
  /** Directory of its own; made when missing. Holds the database and its password. */
  dir: string;
  /** Port on the loopback address; 0 picks a free one. */
  port: number;
  /** Whether a commit survives a crash of the machine. Default true; false for tests. */
  isDurable?: boolean;
  /** The server's log, line by line. */
  onLine?: (line: string) => void;
}

export interface PostgresServer {
  /** `postgres://` with the password in it. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Calls `listener` when the server ends without having been stopped. */
  onExit(listener: ExitListener): void;
  /** Lets transactions end at once and closes the database; idempotent. */
  stop(): Promise<void>;
}

/** Crash recovery replays at most max_wal_size. */
const READY_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 8000;
const PORT_ATTEMPTS = 5;

async function serve(cluster: PostgresCluster, port: number, { isDurable = true, onLine }: PostgresOptions): Promise<ServerProcess> {
  const { dataDir, program, account } = cluster;
  return ServerProcess.start({
    title: 'PostgreSQL',
    command: account.wrap({ file: program, args: ['-D', dataDir, ...settingArguments({ port, isDurable })] }),
    cwd: '/',
    env: POSTGRES_ENVIRONMENT,
    isReady: (line) => line.includes('database system is ready to accept connections'),
    isFatal: (line) => /^(FATAL|PANIC):/.test(line),
    readyTimeoutMs: READY_TIMEOUT_MS,
    onLine,
  });
}

/** A free port may be gone by the time the server asks for it: then another one. */
async function serveOnSomePort(cluster: PostgresCluster, options: PostgresOptions): Promise<{ server: ServerProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port === 0 ? await findFreePort() : options.port;
    try {
      return { server: await serve(cluster, port, options), port };
    } catch (error) {
      const isPortTaken = error instanceof PerfwatchError && error.message.includes('could not create any TCP/IP sockets');
      if (!isPortTaken) throw error;
      if (options.port !== 0 || attempt === PORT_ATTEMPTS) {
        throw new PerfwatchError('unavailable', `Port ${port} for PostgreSQL is in use: set PERFWATCH_DATABASE_PORT to another`, {
          cause: error,
        });
      }
    }
  }
}

/**
 * Starts a PostgreSQL on the loopback address over the database in `dir`, which is made when it is not there; ends whatever server
 * an earlier run left in it. Throws PerfwatchError('unavailable') with one line that says why it cannot.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const cluster = await openCluster({ dir: options.dir, isDurable: options.isDurable ?? true });
  await endLeftovers(cluster.dataDir, 'postgres');
  removeStalePidFile(cluster.dataDir);
  const { server, port } = await serveOnSomePort(cluster, options);
  return {
    url: `postgres://${DATABASE_ROLE}:${cluster.password}@127.0.0.1:${port}/${DATABASE_NAME}`,
    port,
    pid: server.pid,
    onExit: (listener) => server.onExit(listener),
    // Fast, then immediate shutdown, as postgres(1) calls them.
    stop: () => server.stop(['SIGINT', 'SIGQUIT', 'SIGKILL'], STOP_GRACE_MS),
  };
}
