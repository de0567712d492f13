import { createLogger, loadConfig, runServices, type Logger, type PerfwatchConfig, type ServiceDefinition } from '@perfwatch/service-kit';
import { loadServices } from './load-services.ts';
import { describeError } from './describe-error.ts';
import { launcherMessageSchema, type Administrator, type LauncherMessage, type ServiceProcessMessage } from './process-messages.ts';

/** A database on this machine answers at once; one elsewhere gets a moment. */
const DATABASE_WAIT_MS = 5000;

type StartMessage = Extract<LauncherMessage, { type: 'start' }>;

/** How the process is connected to its launcher. */
export interface ServiceProcessOptions {
  /** For the log. */
  name: string;
  onMessage: (listener: (message: unknown) => void) => void;
  /** The launcher has ended, in whatever way. */
  onLauncherGone: (listener: () => void) => void;
  send: (message: ServiceProcessMessage) => void;
  exit: (code: number) => void;
}

/** Brings the schema up to date and makes the first administrator, so that whatever is wrong with the database is said before anything runs. */
async function prepareDatabase(config: PerfwatchConfig, log: Logger): Promise<Administrator | null> {
  if (config.databaseUrl === null) return null;
  const [{ openStore }, { ensureFirstAdministrator }] = await Promise.all([import('@perfwatch/store'), import('@perfwatch/auth')]);
  const store = await openStore({ url: config.databaseUrl, caFile: config.tls.databaseCaFile, log, poolSize: 1, waitMs: DATABASE_WAIT_MS });
  try {
    return await ensureFirstAdministrator({ store, config });
  } finally {
    await store.close();
  }
}

const needsStore = (definitions: readonly ServiceDefinition[]) => definitions.some((definition) => definition.needsStore);

/** Runs what the launcher's `start` names, until it says `stop` or is gone. */
export function runServiceProcess({ name, onMessage, onLauncherGone, send, exit }: ServiceProcessOptions): void {
  let running: Promise<{ stop(): Promise<void> }> | null = null;
  let isStopping = false;

  async function start({ services, environment, isFirstStart }: StartMessage): Promise<{ stop(): Promise<void> }> {
    const config = loadConfig(environment);
    const log = createLogger({ level: config.logLevel, name });
    const definitions = await loadServices(services);
    const administrator = isFirstStart && needsStore(definitions) ? await prepareDatabase(config, log) : null;
    const runner = await runServices({ definitions, config, log, name });
    send({ type: 'ready', administrator });
    return runner;
  }

  async function stop(): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    // A start that failed has said so already.
    const runner = await running?.catch(() => null);
    await runner?.stop();
    exit(0);
  }

  onMessage((input) => {
    const message = launcherMessageSchema.parse(input);
    if (message.type === 'stop') {
      void stop();
      return;
    }
    running = start(message);
    running.catch((error: unknown) => {
      if (isStopping) return;
      send({ type: 'failed', reason: describeError(error) });
      exit(1);
    });
  });
  onLauncherGone(() => void stop());
}
