export type { Bus, BusCounters, BusState, InvalidMessage, SampleConsumerOptions, StoredMessage, Subscription } from './bus.ts';
