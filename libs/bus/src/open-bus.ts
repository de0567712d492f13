import { setTimeout as delay } from 'node:timers/promises';
import type { Bus, SampleConsumerOptions, Subscription } from './bus.ts';
import { BACKLOG_KEPT_MS } from '@perfwatch/contract';
import { decodeMessage, decodeSample } from './decode.ts';
import { InvalidMessages } from './invalid-messages.ts';
import { NatsLink } from './link.ts';
import { LiveSubscription, type LiveSubscriptionOptions } from './live-subscription.ts';
import type { BusLog } from './log.ts';
import { natsOptions, type NatsAddress } from './nats-options.ts';
import { SampleConsumer } from './sample-consumer.ts';
import { SamplePublisher, type QueueLimits } from './sample-publisher.ts';
import { readStreamState, type StreamLimits } from './stream.ts';

export interface BusOptions extends NatsAddress {
  log: BusLog;
  /** Begins the subject that acknowledgements come to; default `_INBOX`. Credentials may permit no other. */
  inboxPrefix?: string | undefined;
  /** Samples that wait for JetStream; default five minutes and 32 MiB, whichever is reached first. */
  queue?: Partial<QueueLimits>;
  /** What the stream keeps for persistence; default seven days and 1 GiB. */
  stream?: Partial<StreamLimits>;
}

const QUEUE: QueueLimits = { maxAgeMs: 300_000, maxBytes: 32 * 1024 * 1024 };
const STREAM: StreamLimits = { maxAgeMs: BACKLOG_KEPT_MS, maxBytes: 1024 * 1024 * 1024 };
const DRAIN_POLL_MS = 10;

/** Waits while there is something left to send and someone to send it to. */
async function drain(publisher: SamplePublisher, { link, deadlineMs }: { link: NatsLink; deadlineMs: number }): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (publisher.queued > 0 && link.connection !== null && performance.now() < endMs) await delay(DRAIN_POLL_MS);
}

/** Opens the bus at once; it connects in the background. Throws for an address that cannot be parsed or credentials that cannot be read. */
export function openBus(options: BusOptions): Bus {
  const { log, inboxPrefix } = options;
  const link = new NatsLink(natsOptions(options), log);
  const publisher = new SamplePublisher({ link, log, inboxPrefix, limits: { ...QUEUE, ...options.queue } });
  const invalid = new InvalidMessages(log, () => performance.now());
  const subscriptions = new Set<Subscription>();

  const tracked = (subscription: Subscription): Subscription => {
    const stop = async (): Promise<void> => {
      await subscription.stop();
      subscriptions.delete(tracking);
    };
    const tracking = { stop };
    subscriptions.add(tracking);
    return tracking;
  };
  const listen = <T>(subscription: LiveSubscriptionOptions<T>): Subscription =>
    tracked(new LiveSubscription(subscription, { link, invalid, log }));

  const shutDown = async (deadlineMs: number): Promise<void> => {
    await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
    await drain(publisher, { link, deadlineMs });
    publisher.stop();
    await link.close();
  };
  let closing: Promise<void> | null = null;

  return {
    state: () => link.state,
    onState: (listener) => link.onState(listener),
    connected: (timeoutMs) => link.connected(timeoutMs),
    counters: () => ({
      queuedSamples: publisher.queued,
      droppedSamples: publisher.dropped,
      droppedSamplesByCollector: publisher.droppedByCollector,
      invalidMessages: invalid.count,
    }),
    publish: (subject, payload) => void link.publish(subject, JSON.stringify(payload)),
    publishSample: (sample) => publisher.publish(sample),
    subscribe: (subject, schema, handle, { queue } = {}) =>
      listen({ subject, queue, decode: (_subject, payload) => decodeMessage(payload, schema), handle }),
    maxMessageBytes: () => link.maxMessageBytes,
    publishBytes: (subject, payload) => link.publish(subject, payload),
    subscribeBytes: (subject, handle) => listen({ subject, decode: (_subject, payload) => ({ ok: true, value: payload }), handle }),
    subscribeSamples: (subject, handle) => listen({ subject, decode: (from, payload) => decodeSample(from, payload, Date.now()), handle }),
    reportInvalid: (message) => invalid.report(message),
    consumeSamples: (consumer: SampleConsumerOptions) => {
      const samples = new SampleConsumer(consumer, { link, log, limits: { ...STREAM, ...options.stream } });
      return { ...tracked(samples), dropped: () => samples.dropped };
    },
    // Whoever asks sees that it cannot be read, and asks again.
    stream: async () => (link.connection === null ? null : readStreamState(link.connection).catch(() => null)),
    close: (deadlineMs = 3000) => (closing ??= shutDown(deadlineMs)),
  };
}
