import {
  LIVE_NAMESPACE,
  type Annotation,
  type ClientToServerEvents,
  type Config,
  type HostEvent,
  type Sample,
  type ServerToClientEvents,
} from '@perfwatch/contract';
import { Observable } from 'rxjs';
import { io, type Socket } from 'socket.io-client';

export type LiveSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** What comes over one connection, beginning with `connected`. */
export type LiveEvent =
  | { kind: 'connected'; socket: LiveSocket }
  | { kind: 'sample'; sample: Sample }
  | { kind: 'host'; host: HostEvent }
  | { kind: 'config'; config: Config }
  | { kind: 'annotation'; annotation: Annotation & { host: string } }
  | { kind: 'annotation_removed'; id: string }
  | { kind: 'missed'; missed: number };

/** Why a connection ended: the token was not accepted, or anything that a new try may mend. */
export class LiveClosed extends Error {
  readonly isUnauthorized: boolean;

  constructor(message: string, { isUnauthorized }: { isUnauthorized: boolean }) {
    super(message);
    this.name = 'LiveClosed';
    this.isUnauthorized = isUnauthorized;
  }
}

const codeOf = (error: Error): unknown => {
  const data: unknown = 'data' in error ? error.data : null;
  return typeof data === 'object' && data !== null && 'code' in data ? data.code : null;
};

/** One connection to `/live`: opens on subscription, errors with `LiveClosed` when it ends, closes on unsubscription. */
export function liveFeed(token: string): Observable<LiveEvent> {
  return new Observable((subscriber) => {
    const url = new URL(LIVE_NAMESPACE, window.location.origin);
    const path = new URL('socket.io', document.baseURI).pathname;
    const socket: LiveSocket = io(url.href, {
      path,
      auth: { token },
      reconnection: false,
      forceNew: true,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
    });
    const close = (message: string, isUnauthorized = false) => subscriber.error(new LiveClosed(message, { isUnauthorized }));
    socket.on('connect', () => subscriber.next({ kind: 'connected', socket }));
    socket.on('connect_error', (error) => close(error.message, codeOf(error) === 'unauthorized'));
    socket.on('disconnect', (reason) => close(reason));
    socket.on('refused', ({ message }) => close(message));
    socket.on('auth_expired', () => close('The token has ended.', true));
    socket.on('sample', (sample) => subscriber.next({ kind: 'sample', sample }));
    socket.on('host', (host) => subscriber.next({ kind: 'host', host }));
    socket.on('config', (config) => subscriber.next({ kind: 'config', config }));
    socket.on('annotation', (annotation) => subscriber.next({ kind: 'annotation', annotation }));
    socket.on('annotation_removed', ({ id }) => subscriber.next({ kind: 'annotation_removed', id }));
    socket.on('missed', ({ missed }) => subscriber.next({ kind: 'missed', missed }));
    return () => {
      socket.removeAllListeners();
      socket.disconnect();
    };
  });
}
