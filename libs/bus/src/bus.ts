import type { Sample } from '@perfwatch/contract';
import type { z } from 'zod';
import type { DroppedByStream } from './stream-watch.ts';

/** Whether the bus can be used right now, and if not, why (one line). */
export interface BusState {
  connected: boolean;
  reason: string | null;
}

/** What the bus has done and lost since it was opened. */
export interface BusCounters {
  /** Samples waiting to be taken by JetStream. */
  queuedSamples: number;
  /** Samples dropped because the queue was full: oldest first. */
  droppedSamples: number;
  /** The same by collector. */
  droppedSamplesByCollector: Readonly<Record<string, number>>;
  /** Messages that arrived and did not fit their schema or subject. */
  invalidMessages: number;
}

/** A message that did not fit; reported at most once a minute for each subject. */
export interface InvalidMessage {
  subject: string;
  reason: string;
  payload: Uint8Array;
}

export interface Subscription {
  /** Stops delivery; resolves when the handler has returned. Idempotent. */
  stop(): Promise<void>;
}

/** One Sample as JetStream delivered it. */
export interface StoredMessage {
  subject: string;
  payload: Uint8Array;
  ack(): void;
  /** Never delivers it again: it cannot be stored. */
  discard(): void;
}

/** Samples on their way from the stream into batches. */
export interface SampleConsumption extends Subscription {
  /** What the stream dropped at its bound before it could be stored; null when it dropped nothing. */
  dropped(): DroppedByStream | null;
}

export interface SampleConsumerOptions {
  /** Name of the durable consumer that replicas share. */
  durable: string;
  /** Most messages in one batch. */
  maxBatch: number;
  /** How long the first message of a batch waits for others. */
  lingerMs: number;
  /**
   * Stores a batch; settles each message itself. Called again only after it resolved. When it throws, what it has not settled comes back
   * in a later batch, from memory: the stream may drop it meanwhile.
   */
  onBatch(batch: readonly StoredMessage[]): Promise<void>;
}

/** What the stream PERFWATCH_METRICS holds until it is stored. */
export interface StreamState {
  messages: number;
  bytes: number;
  /** Null: unbounded. */
  maxBytes: number | null;
  /** When the oldest of them came, on the wall clock of NATS; null when there is none. */
  oldestMs: number | null;
}

/** The data plane. Connects in the background and reconnects for ever; every method works while NATS is away. */
export interface Bus {
  state(): BusState;
  /** Calls `listener` at every change of state; returns what removes it. */
  onState(listener: (state: BusState) => void): () => void;
  /** Resolves at the first connection; rejects with PerfwatchError('unavailable') after `timeoutMs`. */
  connected(timeoutMs: number): Promise<void>;
  counters(): BusCounters;
  /** Sends JSON to anyone who listens now. Lost while NATS is away. */
  publish(subject: string, payload: unknown): void;
  /** Sends a Sample to its subject and keeps it in a bounded queue until JetStream has it, across reconnects. */
  publishSample(sample: Sample): void;
  /** Messages on `subject` (wildcards allowed) that fit `schema`. Others are dropped, counted and logged. */
  subscribe<S extends z.ZodType>(
    subject: string,
    schema: S,
    handler: (value: z.output<S>, subject: string) => void,
    options?: { queue?: string },
  ): Subscription;
  /** Largest payload that NATS takes, as its server says or by default. A larger one is logged and dropped. */
  maxMessageBytes(): number;
  /** Sends bytes as they are; false while NATS is away. For protocols of their own, such as Moleculer's. */
  publishBytes(subject: string, payload: Uint8Array): boolean;
  /** Messages on `subject` as they came. */
  subscribeBytes(subject: string, handler: (payload: Uint8Array) => void): Subscription;
  /** Samples on `subject` whose host and collector agree with the subject. */
  subscribeSamples(subject: string, handler: (sample: Sample) => void): Subscription;
  /** Logs a message that its reader could not use, once a minute at most for each subject, all readers of this process together. */
  reportInvalid(message: InvalidMessage): void;
  /** Batches from the stream PERFWATCH_METRICS, which is made when it is not there. */
  consumeSamples(options: SampleConsumerOptions): SampleConsumption;
  /** Null while NATS is away or there is no stream yet. */
  stream(): Promise<StreamState | null>;
  /** Sends what is queued (at most `deadlineMs`), then disconnects. Idempotent. */
  close(deadlineMs?: number): Promise<void>;
}
