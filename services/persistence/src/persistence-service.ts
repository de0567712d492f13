import type { StoredMessage } from '@perfwatch/bus';
import { defineService } from '@perfwatch/service-kit';
import { Annotations } from './annotations.ts';
import { Descriptions } from './descriptions.ts';
import { Housekeeping } from './housekeeping.ts';
import { lossReason } from './loss-reason.ts';
import { AcceptedWindow } from './accepted-window.ts';
import { RejectedMessages } from './rejected-messages.ts';
import { SamplePartitions } from './sample-partitions.ts';
import { readSample, type AcceptedTimes, type Incoming, type Refusal } from './sample-row.ts';
import { SampleWriter } from './sample-writer.ts';
import { SeenNames } from './seen-names.ts';

/** The durable consumer that replicas share. */
const DURABLE = 'persistence';
/** Larger batches are no faster, and hold more memory. */
const MAX_BATCH = 500;
/** Collectors of one tick arrive within milliseconds of each other: one transaction for all of them. */
const LINGER_MS = 20;

/**
 * Stores every Sample of the stream exactly once, and what is said about hosts, metrics and moments: the service `persistence`. Its actions
 * set and remove annotations. Messages are acknowledged after the commit; what cannot be stored is set aside. Any number of replicas may run.
 */
export const persistenceService = defineService({
  name: 'persistence',
  needsStore: true,
  start(context) {
    const { bus, store, log } = context;
    const broadcast: typeof context.broadcast = (event, payload) => context.broadcast(event, payload);
    const partitions = new SamplePartitions(store);
    const seenNames = new SeenNames();
    const rejected = new RejectedMessages(bus);
    const writer = new SampleWriter({ store, partitions, seenNames });
    const housekeeping = new Housekeeping({ store, partitions, seenNames, log });
    const acceptedWindow = new AcceptedWindow({ store, log });
    const annotations = new Annotations({ bus, store, broadcast });
    const descriptions = new Descriptions({ bus, store, rejected, annotations });
    let fault: string | null = null;

    /** Returns the payloads that were set aside. */
    const storeBatch = async (batch: readonly StoredMessage[]): Promise<Set<Uint8Array>> => {
      const nowMs = Date.now();
      const { accepted, refused } = sortOut(batch, { nowMs, acceptedFromMs: await acceptedWindow.startMs(nowMs) });
      const refusals = [...refused, ...(await writer.store(accepted))];
      await rejected.keep(store, refusals);
      return new Set(refusals.map(({ payload }) => payload));
    };
    const onBatch = async (batch: readonly StoredMessage[]): Promise<void> => {
      try {
        const setAside = await storeBatch(batch);
        for (const message of batch) {
          if (setAside.has(message.payload)) message.discard();
          else message.ack();
        }
        fault = null;
      } catch (error) {
        fault = error instanceof Error ? error.message : String(error);
        // The bus keeps the batch and tries it again, later each time.
        throw error;
      }
    };
    const consumer = bus.consumeSamples({ durable: DURABLE, maxBatch: MAX_BATCH, lingerMs: LINGER_MS, onBatch });

    return Promise.resolve({
      actions: {
        annotate: (params) => annotations.annotate(params),
        removeAnnotation: (params) => annotations.remove(params),
      },
      events: { 'retention.changed': () => acceptedWindow.refresh() },
      health: () => {
        const down = store.state().reason ?? fault ?? housekeeping.fault;
        const told = [down, lossReason(consumer.dropped(), Date.now())].filter((reason) => reason !== null);
        return { up: down === null, reason: told.length === 0 ? null : told.join('; ') };
      },
      async stop() {
        await consumer.stop();
        await descriptions.stop();
        await housekeeping.stop();
      },
    });
  },
});

function sortOut(batch: readonly StoredMessage[], times: AcceptedTimes): { accepted: Incoming[]; refused: Refusal[] } {
  const accepted: Incoming[] = [];
  const refused: Refusal[] = [];
  for (const message of batch) {
    const read = readSample(message, times);
    if ('row' in read) accepted.push(read);
    else refused.push(read);
  }
  return { accepted, refused };
}
