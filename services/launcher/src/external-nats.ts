import { createLogger, type PerfwatchConfig } from '@perfwatch/service-kit';

const DEADLINE_MS = 3000;

/** Whether the NATS of PERFWATCH_NATS_URL answers and takes the credentials. Throws PerfwatchError('unavailable') with the reason. */
export async function checkExternalNats(servers: string, { natsCredsFile }: Pick<PerfwatchConfig, 'natsCredsFile'>): Promise<void> {
  const { openBus } = await import('@perfwatch/bus');
  const log = createLogger({ level: 'fatal', name: 'launcher' });
  const bus = openBus({ servers, credsFile: natsCredsFile, name: 'perfwatch-launcher', log });
  try {
    await bus.connected(DEADLINE_MS);
  } finally {
    await bus.close(0);
  }
}
