import { PerfwatchError } from '@perfwatch/contract';
import { createLogger, natsTlsOf, type PerfwatchConfig } from '@perfwatch/service-kit';

const DEADLINE_MS = 3000;

/** Whether the NATS of PERFWATCH_NATS_URL answers and takes the credentials. Throws PerfwatchError('unavailable') with the reason and what to do. */
export async function checkExternalNats(
  servers: string,
  { natsCredsFile, tls }: Pick<PerfwatchConfig, 'natsCredsFile' | 'tls'>,
): Promise<void> {
  const { openBus } = await import('@perfwatch/bus');
  const log = createLogger({ level: 'fatal', name: 'launcher' });
  const bus = openBus({ servers, credsFile: natsCredsFile, tls: natsTlsOf({ tls }), name: 'perfwatch-launcher', log });
  try {
    await bus.connected(DEADLINE_MS);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PerfwatchError('unavailable', reason, { hint: 'Start it, or correct PERFWATCH_NATS_URL.', cause: error });
  } finally {
    await bus.close(0);
  }
}
