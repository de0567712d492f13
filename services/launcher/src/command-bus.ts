import type { Bus } from '@perfwatch/bus';
import { PerfwatchError } from '@perfwatch/contract';
import { natsTlsOf, type PerfwatchConfig } from '@perfwatch/service-kit';
import type { CommandContext } from './command-context.ts';
import { readInstance } from './instance-file.ts';

const CONNECT_MS = 5000;

/** NATS as it is configured, or that of the PerfWatch that runs on the data directory. */
function serversOf({ natsUrl, dataDir }: PerfwatchConfig): string {
  const servers = natsUrl ?? readInstance(dataDir)?.nats.url;
  if (servers !== undefined) return servers;
  throw new PerfwatchError('unavailable', `PerfWatch does not run on ${dataDir}, and PERFWATCH_NATS_URL is not set`, {
    hint: 'Start PerfWatch (npm start), or say where NATS is.',
  });
}

/** Connects, does `work` and disconnects. What the bus has to say goes to stderr. Throws PerfwatchError('unavailable') when NATS is not there. */
export async function withBus<T>(context: Pick<CommandContext, 'loadConfig' | 'warn'>, work: (bus: Bus) => Promise<T>): Promise<T> {
  const config = context.loadConfig();
  const servers = serversOf(config);
  const { openBus } = await import('@perfwatch/bus');
  let isConnected = false;
  const say = (fields: object, message: string) => {
    if (isConnected) context.warn([message, ...Object.entries(fields).map(([name, value]) => `${name}: ${String(value)}`)].join(', '));
  };
  const log = { info: () => undefined, warn: say, error: say };
  const bus = openBus({ servers, credsFile: config.natsCredsFile, tls: natsTlsOf(config), name: 'perfwatch-command', log });
  try {
    await bus.connected(CONNECT_MS);
    isConnected = true;
    return await work(bus);
  } finally {
    isConnected = false;
    await bus.close();
  }
}
