import type { Annotation } from './annotation.ts';
import type { Config } from './config.ts';
import type { Inventory } from './inventory.ts';
import type { Sample } from './sample.ts';
import type { SubscribeRequest, Subscription } from './subscription.ts';

export const LIVE_NAMESPACE = '/live';
/** Longest history a subscription may ask for at once. */
export const MAX_BACKFILL_SECONDS = 3600;

export type SubscribeReply = { ok: true; backfill: Sample[] } | { ok: false; error: string };
export type UnsubscribeReply = { ok: true } | { ok: false; error: string };

/** The `host` event: what is known of a host, whenever its inventory or a collector's status changes. */
export interface HostEvent {
  host: string;
  inventory: Inventory | null;
  status: Record<string, { status: string; reason: string | null; last_sample: string }>;
}

/** How many Samples a slow client was not sent since the last such event. */
export interface MissedEvent {
  missed: number;
}

export interface ServerToClientEvents {
  sample: (sample: Sample) => void;
  host: (event: HostEvent) => void;
  annotation: (annotation: Annotation & { host: string }) => void;
  config: (config: Config) => void;
  missed: (event: MissedEvent) => void;
  auth_expired: () => void;
}

export interface ClientToServerEvents {
  subscribe: (request: SubscribeRequest, reply: (reply: SubscribeReply) => void) => void;
  unsubscribe: (request: Subscription, reply: (reply: UnsubscribeReply) => void) => void;
}
