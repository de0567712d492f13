import type { Identity, ServerToClientEvents } from '@perfwatch/contract';
import type { Namespace, Server, Socket } from 'socket.io';

/** What clients send has been checked by nobody yet. */
interface UncheckedEvents {
  [event: string]: (...parameters: unknown[]) => void;
}

type NoEvents = Record<string, never>;

/** Whose connection it is; set before it may join. */
interface SocketData {
  identity?: Identity;
}

export type LiveIo = Server<UncheckedEvents, ServerToClientEvents, NoEvents, SocketData>;
export type LiveNamespace = Namespace<UncheckedEvents, ServerToClientEvents, NoEvents, SocketData>;
export type LiveSocket = Socket<UncheckedEvents, ServerToClientEvents, NoEvents, SocketData>;
