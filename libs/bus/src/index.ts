export type {
  Bus,
  BusCounters,
  BusState,
  InvalidMessage,
  SampleConsumerOptions,
  SampleConsumption,
  StoredMessage,
  StreamState,
  Subscription,
} from './bus.ts';
export { decodeMessage, decodeSample, MAX_MESSAGE_BYTES, type Decoded } from './decode.ts';
export type { BusLog } from './log.ts';
export { natsOptions, type NatsAddress, type NatsTls } from './nats-options.ts';
export { openBus, type BusOptions } from './open-bus.ts';
export type { QueueLimits } from './sample-publisher.ts';
export type { StreamLimits } from './stream.ts';
export type { DroppedByStream } from './stream-watch.ts';
