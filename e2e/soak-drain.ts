import { setTimeout as delay } from 'node:timers/promises';
import { METRICS_STREAM } from '@perfwatch/contract';
import { natsOptions, type Bus } from '@perfwatch/bus';
import { connect } from 'nats';
import { Client } from 'pg';
import type { RunningSystem } from './running-system.ts';
import { runRetention } from './soak-api.ts';
import { unsealedHours } from './soak-stored.ts';
import type { SoakSystem } from './soak-system.ts';

const POLL_MS = 250;
const RETENTION_EVERY_MS = 3000;
/** A collector sends again what was not acknowledged for 3 s. */
const SENT_AGAIN_MS = 5000;
/** A message that was out with a persistence that died comes back after this. */
const REDELIVERED_AFTER_MS = 60_000;
const DEADLINE_MS = 120_000;
const CONSUMER = 'persistence';

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  let fault: unknown = null;
  while (performance.now() < endMs) {
    try {
      if (await isSo()) return;
    } catch (error) {
      fault = error;
    }
    await delay(POLL_MS);
  }
  throw new Error(`${what}: not after ${DEADLINE_MS / 1000} s`, { cause: fault });
}

async function isReady({ url }: RunningSystem): Promise<boolean> {
  return (await fetch(`${url}/health/ready`)).ok;
}

/**
 * Waits until everything is up, JetStream has what the publishers queued, and all that is acknowledged, which is after the commit. Resolves
 * to what is wrong when JetStream has something left for longer than it takes to deliver it again; then the account tells what that was.
 */
export async function drain({ nats, system }: SoakSystem, buses: readonly Bus[]): Promise<string | null> {
  await until('ready', () => isReady(system));
  await until('the publishers have nothing left', () => Promise.resolve(buses.every((bus) => bus.counters().queuedSamples === 0)));
  await delay(SENT_AGAIN_MS);
  const connection = await connect(natsOptions({ servers: nats.url, name: 'soak' }));
  try {
    const { streams, consumers } = await connection.jetstreamManager();
    const { last_seq: lastSeq } = (await streams.info(METRICS_STREAM)).state;
    const endMs = performance.now() + REDELIVERED_AFTER_MS + SENT_AGAIN_MS;
    for (;;) {
      const { ack_floor: floor, num_ack_pending: unacknowledged, num_pending: waiting } = await consumers.info(METRICS_STREAM, CONSUMER);
      // The stream itself may keep messages that were acknowledged, when nats-server was killed before it had deleted them.
      if (floor.stream_seq >= lastSeq) return null;
      if (performance.now() > endMs)
        return `JetStream waits for ${unacknowledged} acknowledgements since ${floor.stream_seq} of ${lastSeq}, ${waiting} to deliver`;
      await delay(POLL_MS);
    }
  } finally {
    await connection.close();
  }
}

/** Has retention run until every closed hour is sealed, or for as long as that may take. What came in a moment ago waits a minute to be merged. */
export async function sealClosedHours({ system, postgres }: SoakSystem, waitMs: number): Promise<void> {
  const endMs = performance.now() + waitMs;
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    do {
      await runRetention(system).catch(() => undefined);
      if ((await unsealedHours(client)).size === 0) return;
      await delay(RETENTION_EVERY_MS);
    } while (performance.now() < endMs);
  } finally {
    await client.end();
  }
}
