import { endLeftoverServers, type NatsServer, type PostgresServer } from '@perfwatch/embedded';
import type { Environment, PerfwatchConfig } from '@perfwatch/service-kit';
import { dataPaths, openDataDirectory, type DataDirectory } from './data-directory.ts';
import { keepNatsRunning, keepPostgresRunning, natsServerProgram } from './embedded-servers.ts';
import { checkExternalNats } from './external-nats.ts';
import { forkServices, type ServiceProcess } from './fork-services.ts';
import { endLeftoverChildren, removeInstance, writeInstance } from './instance-file.ts';
import { KeptRunning } from './keep-running.ts';
import { reservePort } from './ports.ts';
import type { Administrator } from './process-messages.ts';
import { type ProcessName } from './services.ts';
import { startTogether } from './start-together.ts';
import type { StopRequests } from './stop-requests.ts';

export interface InstanceOptions {
  config: PerfwatchConfig;
  /** What this process was given: $PATH, where nats-server is looked for, and what the services are configured by. */
  environment: Environment;
  stopRequests: StopRequests;
  /** How the start goes on. */
  progress: (line: string) => void;
  /** What ended by itself and what is done about it. */
  trouble: (line: string) => void;
}

const LOOPBACK = '127.0.0.1';
/** Secrets of the services and what goes with them. */
const SERVER_VARIABLES = /^PERFWATCH_(DATABASE|JWT|ADMIN|API|TLS)_/;

/** What a browser on this machine, or elsewhere when the gateway listens on every address, is pointed at. */
function dashboardUrlOf({ httpHost, hostId, basePath, tls }: PerfwatchConfig, httpPort: number): string {
  const isAnyAddress = httpHost === '0.0.0.0' || httpHost === '::';
  const host = isAnyAddress ? hostId : httpHost;
  return `${tls.httpCertificate === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${httpPort}${basePath === '/' ? '' : basePath}`;
}

/** Everything that `perfwatch up` runs on one data directory. */
export class Instance {
  readonly #options: InstanceOptions;
  #directory: DataDirectory | null = null;
  #nats: KeptRunning<NatsServer> | null = null;
  #postgres: KeptRunning<PostgresServer> | null = null;
  #collectors: KeptRunning<ServiceProcess> | null = null;
  #server: KeptRunning<ServiceProcess> | null = null;
  #httpPort: number;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.#httpPort = options.config.httpPort;
  }

  get dashboardUrl(): string {
    return dashboardUrlOf(this.#options.config, this.#httpPort);
  }

  get #searchPath(): string {
    return this.#options.environment['PATH'] ?? '';
  }

  /** For anyone who listens; without credentials when the server is ours. */
  get natsUrl(): string {
    return this.#nats?.current.publicUrl ?? withoutCredentials(this.#options.config.natsUrl ?? '');
  }

  /** The first administrator, while there is a password to show. */
  get administrator(): Administrator | null {
    return this.#server?.current.administrator ?? null;
  }

  /** Starts everything. What it throws has a message for the person who started it; call `stop` then, too. */
  async start(): Promise<void> {
    const { config, progress, stopRequests } = this.#options;
    this.#directory = openDataDirectory(config.dataDir);
    await this.#freeWhatWasLeft();
    await this.#checkPorts();
    await this.#startServers();
    if (stopRequests.stopping.aborted) return;
    progress('Starting the services ...');
    const failing = new AbortController();
    const stopping = AbortSignal.any([stopRequests.stopping, failing.signal]);
    const collectors = this.#keepServices('collectors', stopping).then((kept) => void (this.#collectors = kept));
    const server = this.#keepServices('server', stopping).then((kept) => void (this.#server = kept));
    await startTogether([collectors, server], () => failing.abort());
    this.#writeInstance();
  }

  /** Drains and stops in the order in which a sample travels; idempotent. */
  async stop(): Promise<void> {
    const { config } = this.#options;
    for (const part of [this.#collectors, this.#server, this.#nats, this.#postgres]) await part?.stop();
    if (this.#directory === null) return;
    removeInstance(config.dataDir);
    this.#directory.release();
    this.#directory = null;
  }

  async #freeWhatWasLeft(): Promise<void> {
    const { dataDir } = this.#options.config;
    const { nats, postgres } = dataPaths(dataDir);
    await Promise.all([endLeftoverChildren(dataDir), endLeftoverServers({ natsDir: nats, postgresDir: postgres })]);
  }

  async #checkPorts(): Promise<void> {
    const { config } = this.#options;
    const { httpHost: host, httpPort: port } = config;
    this.#httpPort = await reservePort({ host, port, hostVariable: 'PERFWATCH_HTTP_HOST', portVariable: 'PERFWATCH_HTTP_PORT' });
    const loopback = { host: LOOPBACK, hostVariable: null };
    if (config.natsUrl === null) {
      natsServerProgram(this.#searchPath);
      const nats = { host: config.natsHost, hostVariable: 'PERFWATCH_NATS_HOST' };
      await reservePort({ ...nats, port: config.natsPort, portVariable: 'PERFWATCH_NATS_PORT' });
    }
    if (config.databaseUrl === null) {
      await reservePort({ ...loopback, port: config.databasePort, portVariable: 'PERFWATCH_DATABASE_PORT' });
    }
  }

  async #startServers(): Promise<void> {
    const { config, progress, trouble } = this.#options;
    const embedded = { config, report: trouble, onRestart: () => this.#writeInstance() };
    const { natsUrl, databaseUrl } = config;
    const names = [natsUrl === null ? 'nats-server' : null, databaseUrl === null ? 'PostgreSQL' : null].filter((name) => name !== null);
    if (names.length > 0) progress(`Starting ${names.join(' and ')} ...`);
    const nats = async () => {
      if (natsUrl === null) this.#nats = await keepNatsRunning(embedded, this.#searchPath);
      else await checkExternalNats(natsUrl, config);
    };
    const postgres = async () => {
      if (databaseUrl === null) this.#postgres = await keepPostgresRunning(embedded);
    };
    await startTogether([nats(), postgres()], () => undefined);
  }

  #keepServices(name: ProcessName, starting: AbortSignal): Promise<KeptRunning<ServiceProcess>> {
    const { config, stopRequests, trouble } = this.#options;
    let isFirstStart = true;
    const start = async () => {
      const stopping = isFirstStart ? starting : stopRequests.stopping;
      const environment = this.#environmentOf(name);
      const compileCacheDir = this.#options.environment['NODE_COMPILE_CACHE'] ?? dataPaths(config.dataDir).compileCache;
      const { hurry } = stopRequests;
      const running = await forkServices({ process: name, environment, compileCacheDir, isFirstStart, stopping, hurry });
      isFirstStart = false;
      return running;
    };
    return KeptRunning.start({ title: `The ${name} process`, start, report: trouble, onRestart: () => this.#writeInstance() });
  }

  /** What a process is configured by; the collectors see nothing of what only the services need. */
  #environmentOf(name: ProcessName): Record<string, string> {
    const given = Object.entries(this.#options.environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
    if (name === 'collectors') {
      const theirs = given.filter(([variable]) => !SERVER_VARIABLES.test(variable));
      return { ...Object.fromEntries(theirs), ...this.#collectorNats() };
    }
    const nats = this.#nats === null ? {} : { PERFWATCH_NATS_URL: this.#nats.current.url };
    const database = this.#postgres === null ? {} : { PERFWATCH_DATABASE_URL: this.#postgres.current.url };
    return { ...Object.fromEntries(given), ...nats, ...database, PERFWATCH_HTTP_PORT: String(this.#httpPort) };
  }

  /** Collectors get no more than their own credentials, where there are such. */
  #collectorNats(): Record<string, string> {
    const { natsCollectorUrl, natsCollectorCredsFile } = this.#options.config;
    const url = this.#nats === null ? natsCollectorUrl : this.#nats.current.collectorUrl;
    return {
      ...(url === null ? {} : { PERFWATCH_NATS_URL: url, PERFWATCH_NATS_URL_FILE: '' }),
      ...(natsCollectorCredsFile === null ? {} : { PERFWATCH_NATS_CREDS_FILE: natsCollectorCredsFile }),
    };
  }

  #writeInstance(): void {
    const { config } = this.#options;
    const nats = this.#nats?.current;
    const children = [this.#collectors, this.#server].filter((child) => child !== null);
    writeInstance(config.dataDir, {
      childPids: children.map((child) => child.current.pid),
      dashboardUrl: this.dashboardUrl,
      databaseUrl: this.#postgres?.current.url ?? config.databaseUrl ?? '',
      nats: {
        url: nats?.url ?? config.natsUrl ?? '',
        embedded: nats === undefined ? null : { pid: nats.pid, host: config.natsHost, port: nats.port },
      },
    });
  }
}

/** NATS URLs as they may be shown. */
function withoutCredentials(urls: string): string {
  return urls.replaceAll(/(^|,|:\/\/)[^,/@]*@/g, '$1');
}
