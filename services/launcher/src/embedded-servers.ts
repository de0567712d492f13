import { PerfwatchError } from '@perfwatch/contract';
import { findNatsServer, startNatsServer, startPostgres, type NatsServer, type PostgresServer } from '@perfwatch/embedded';
import type { PerfwatchConfig } from '@perfwatch/service-kit';
import { dataPaths } from './data-directory.ts';
import { KeptRunning } from './keep-running.ts';

export interface EmbeddedOptions {
  config: PerfwatchConfig;
  /** One line for the person who watches. */
  report: (line: string) => void;
  /** A server was started again: its process is another one. */
  onRestart: () => void;
}

/** Throws PerfwatchError('unavailable') that says how to get it. */
export function natsServerProgram(searchPath: string): string {
  const program = findNatsServer(searchPath);
  if (program !== null) return program;
  throw new PerfwatchError(
    'unavailable',
    'nats-server is not installed and could not be installed: run "apt-get install nats-server" as root, put nats-server 2.9 or later on PATH, or set PERFWATCH_NATS_URL to a server of your own',
  );
}

/** The nats-server of this data directory, kept running on the port it got first. */
export function keepNatsRunning({ config, report, onRestart }: EmbeddedOptions, searchPath: string): Promise<KeptRunning<NatsServer>> {
  const program = natsServerProgram(searchPath);
  let port = config.natsPort;
  const start = async () => {
    const { hostId: collectorHost, natsHost: listenHost } = config;
    const server = await startNatsServer({ dir: dataPaths(config.dataDir).nats, port, listenHost, collectorHost, program });
    port = server.port;
    return server;
  };
  return KeptRunning.start({ title: 'nats-server', start, report, onRestart });
}

/** The PostgreSQL of this data directory, kept running on the port it got first. */
export function keepPostgresRunning({ config, report, onRestart }: EmbeddedOptions): Promise<KeptRunning<PostgresServer>> {
  let port = config.databasePort;
  const start = async () => {
    const server = await startPostgres({ dir: dataPaths(config.dataDir).postgres, port });
    port = server.port;
    return server;
  };
  return KeptRunning.start({ title: 'PostgreSQL', start, report, onRestart });
}
