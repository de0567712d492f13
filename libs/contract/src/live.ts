import type { Annotation, AnnotationRemoved } from './annotation.ts';
import type { Config } from './config.ts';
import type { Inventory } from './inventory.ts';
import type { Sample } from './sample.ts';
import type { AuthenticateRequest, SubscribeRequest, Subscription } from './subscription.ts';

export const LIVE_NAMESPACE = '/live';
/** Longest history a subscription may ask for at once. */
export const MAX_BACKFILL_SECONDS = 3600;
/** Longest token that is looked at; ours have a tenth of that. */
export const MAX_TOKEN_LENGTH = 4096;

export type SubscribeReply = { ok: true; backfill: Sample[] } | { ok: false; error: string };
export type UnsubscribeReply = { ok: true } | { ok: false; error: string };
export type AuthenticateReply = UnsubscribeReply;

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

/** Why the server ends the connection: what the client has done too much of. */
export interface RefusedEvent {
  code: 'too_many_messages';
  message: string;
}

export interface ServerToClientEvents {
  sample: (sample: Sample) => void;
  host: (event: HostEvent) => void;
  annotation: (annotation: Annotation & { host: string }) => void;
  annotation_removed: (removed: AnnotationRemoved) => void;
  config: (config: Config) => void;
  missed: (event: MissedEvent) => void;
  refused: (event: RefusedEvent) => void;
  auth_expired: () => void;
}

export interface ClientToServerEvents {
  subscribe: (request: SubscribeRequest, reply: (reply: SubscribeReply) => void) => void;
  unsubscribe: (request: Subscription, reply: (reply: UnsubscribeReply) => void) => void;
  /** Another token of the same user, before the present one ends: the connection goes on, with all its subscriptions. */
  authenticate: (request: AuthenticateRequest, reply: (reply: AuthenticateReply) => void) => void;
}
