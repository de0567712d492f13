import { METRICS_STREAM, subjects } from '@perfwatch/contract';
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  NatsError,
  RetentionPolicy,
  StorageType,
  nanos,
  type ConsumerConfig,
  type JetStreamManager,
  type NatsConnection,
  type StreamConfig,
  type StreamInfo,
} from 'nats';
import type { StreamState } from './bus.ts';
import type { StreamReading } from './stream-loss.ts';

/** How much of an outage the stream bridges. */
export interface StreamLimits {
  maxAgeMs: number;
  maxBytes: number;
}

export const ACK_WAIT_MS = 60_000;
const DUPLICATE_WINDOW_MS = 120_000;
/** Messages out with consumers at once, all replicas together. */
const MAX_ACK_PENDING = 50_000;
const MAX_WAITING_PULLS = 512;

/** JetStream's own error codes, https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const STREAM_NOT_FOUND = 10_059;
const STREAM_NAME_IN_USE = 10_058;

const hasCode = (error: unknown, code: number): boolean => error instanceof NatsError && error.api_error?.err_code === code;

/** What the stream must be. Everything else, such as replicas in a cluster, stays as an operator set it. */
function streamConfig({ maxAgeMs, maxBytes }: StreamLimits) {
  return {
    name: METRICS_STREAM,
    subjects: [subjects.allMetrics],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(maxAgeMs),
    max_bytes: maxBytes,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  } satisfies Partial<StreamConfig>;
}

const isAsWanted = (current: StreamConfig, wanted: ReturnType<typeof streamConfig>): boolean =>
  current.max_age === wanted.max_age &&
  current.max_bytes === wanted.max_bytes &&
  current.discard === wanted.discard &&
  current.duplicate_window === wanted.duplicate_window &&
  current.subjects.join(' ') === wanted.subjects.join(' ');

/** Makes the stream, or brings its limits up to date. Replicas may do this at the same time. */
async function ensureStream(manager: JetStreamManager, limits: StreamLimits): Promise<void> {
  const wanted = streamConfig(limits);
  try {
    const { config } = await manager.streams.info(METRICS_STREAM);
    if (isAsWanted(config, wanted)) return;
  } catch (error) {
    if (!hasCode(error, STREAM_NOT_FOUND)) throw error;
    try {
      await manager.streams.add(wanted);
      return;
    } catch (raced) {
      if (!hasCode(raced, STREAM_NAME_IN_USE)) throw raced;
    }
  }
  await manager.streams.update(METRICS_STREAM, wanted);
}

/** A stream counts as full from this share of its bound on: there is no room for the next message before it is quite full. */
const FULL = 0.95;
const NEVER = Date.parse('0001-01-01T00:00:00Z');

/** Whether a stream drops its oldest messages for new ones, or for their age. Limits that are not set are 0 or less. */
function isAtBound({ state, config }: StreamInfo, nowMs: number): boolean {
  const isFull = (used: number, bound: number) => bound > 0 && used >= FULL * bound;
  const firstMs = Date.parse(state.first_ts);
  const ageMs = state.messages === 0 || !(firstMs > NEVER) ? 0 : nowMs - firstMs;
  return isFull(state.bytes, config.max_bytes) || isFull(state.messages, config.max_msgs) || isFull(nanos(ageMs), config.max_age);
}

/** Where the stream and the consumer are. Throws NatsError. */
export async function readStream(connection: NatsConnection, durable: string): Promise<StreamReading> {
  const manager = await connection.jetstreamManager({ checkAPI: false });
  const stream = await manager.streams.info(METRICS_STREAM);
  const { delivered } = await manager.consumers.info(METRICS_STREAM, durable);
  return {
    firstSeq: stream.state.first_seq,
    deliveredSeq: delivered.stream_seq,
    deliveries: delivered.consumer_seq,
    isAtBound: isAtBound(stream, Date.now()),
  };
}

/** What the stream holds; null where there is none yet. Throws NatsError. */
export async function readStreamState(connection: NatsConnection): Promise<StreamState | null> {
  const manager = await connection.jetstreamManager({ checkAPI: false });
  try {
    const { state, config } = await manager.streams.info(METRICS_STREAM);
    const { messages, bytes, first_ts: first } = state;
    const maxBytes = config.max_bytes > 0 ? config.max_bytes : null;
    return { messages, bytes, maxBytes, oldestMs: messages === 0 ? null : Date.parse(first) };
  } catch (error) {
    if (hasCode(error, STREAM_NOT_FOUND)) return null;
    throw error;
  }
}

/** Makes the stream and the durable pull consumer on it; leaves them when they are there. Throws NatsError. */
export async function ensureConsumer(connection: NatsConnection, durable: string, limits: StreamLimits): Promise<void> {
  const manager = await connection.jetstreamManager({ checkAPI: false });
  await ensureStream(manager, limits);
  const config: Partial<ConsumerConfig> = {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ACK_WAIT_MS),
    max_deliver: -1,
    max_ack_pending: MAX_ACK_PENDING,
    max_waiting: MAX_WAITING_PULLS,
  };
  await manager.consumers.add(METRICS_STREAM, config);
}

/**
 * What a message's reply subject says: how often it has been delivered, from 1, and how many wait behind it. It is
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time>.<pending>`, with domain and account before the stream in newer
 * servers. See ADR-15 of nats-architecture-and-design.
 */
export function deliveryOf(reply: string | undefined): { deliveries: number; pending: number } {
  const tokens = reply?.split('.') ?? [];
  const first = tokens.length > 9 ? 6 : 4;
  return { deliveries: Number(tokens[first]) || 1, pending: Number(tokens[first + 4]) || 0 };
}
