import { PerfwatchError } from '@perfwatch/contract';
import { createLogger, runServices, type PerfwatchConfig } from '@perfwatch/service-kit';
import { loadServices } from './load-services.ts';
import type { StopRequests } from './stop-requests.ts';

export interface RunOptions {
  config: PerfwatchConfig;
  services: readonly string[];
  stopRequests: StopRequests;
}

/** `perfwatch run`: the services in this process, as a container runs them, until a stop is requested. */
export async function runHere({ config, services, stopRequests }: RunOptions): Promise<void> {
  const definitions = await loadServices(services);
  if (config.natsUrl === null)
    throw new PerfwatchError('bad_input', 'PERFWATCH_NATS_URL is not set: perfwatch run needs a NATS server (perfwatch up brings its own)');
  const needing = definitions.filter((definition) => definition.needsStore).map((definition) => definition.name);
  if (config.databaseUrl === null && needing.length > 0) {
    throw new PerfwatchError('bad_input', `PERFWATCH_DATABASE_URL is not set, and ${needing.join(', ')} cannot run without a database`);
  }
  const log = createLogger({ level: config.logLevel, name: services.join('+') });
  const runner = await runServices({ definitions, config, log });
  await stopRequests.requested();
  await runner.stop();
}
