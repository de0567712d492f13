import { Socket as NetSocket } from 'node:net';
import type { LiveSocket } from './socket-types.ts';

type Connection = LiveSocket['conn'];

/** The TCP connection below a WebSocket; null should the engine ever keep it elsewhere, which costs speed and nothing else. */
function tcpSocketOf(transport: Connection['transport']): NetSocket | null {
  const webSocket: unknown = 'socket' in transport ? transport.socket : null;
  const tcp: unknown = typeof webSocket === 'object' && webSocket !== null && '_socket' in webSocket ? webSocket._socket : null;
  return tcp instanceof NetSocket ? tcp : null;
}

/**
 * Gathers what is written to a connection until the returned function is called, and sends it with one system call. The engine by
 * itself makes one for each message, which is most of what a message costs.
 */
export function holdWrites({ transport }: Connection): () => void {
  if (transport.name !== 'websocket' || !transport.writable) return () => undefined;
  const tcp = tcpSocketOf(transport);
  // The engine queues while its transport is not writable, and sends all of the queue when told that it is ready.
  transport.writable = false;
  tcp?.cork();
  return () => {
    transport.writable = true;
    transport.emit('ready');
    tcp?.uncork();
  };
}
