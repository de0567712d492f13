import { lookup } from 'node:dns/promises';
import type { Server as NodeHttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@perfwatch/bus';
import { PerfwatchError, type AnnotationRemoved, type Config, type ControlEvents } from '@perfwatch/contract';
import { trustIn } from './origin-of.ts';
import { serveBelow } from './base-path.ts';
import { createHttpServer } from './http/create-http-server.ts';
import type { HttpDependencies, HttpServer } from './http/server.ts';
import { LiveServer, type LiveLimits } from './live/live-server.ts';

export interface GatewayOptions extends Omit<HttpDependencies, 'busState' | 'streamState' | 'subscribeSamples' | 'liveState'> {
  bus: Bus;
  /** A name or address of this machine. */
  host: string;
  /** 0 picks a free one. */
  port: number;
  liveLimits?: Partial<LiveLimits>;
}

/** HTTP and Socket.IO on one port. */
export interface Gateway {
  readonly url: string;
  readonly live: Pick<LiveServer, 'viewers' | 'patterns'>;
  sendConfig(config: Config): void;
  sendAnnotationRemoved(removed: AnnotationRemoved): void;
  revoke(revoked: ControlEvents['auth.revoked']): void;
  /** Ends live connections, lets requests finish. Idempotent. */
  stop(): Promise<void>;
}

const LISTEN_FAULTS: Readonly<Record<string, { message: string; hint: string }>> = {
  EADDRINUSE: { message: 'is in use', hint: 'Stop the program that uses it, or set PERFWATCH_HTTP_PORT to another port.' },
  EACCES: { message: 'may not be used by this user', hint: 'Set PERFWATCH_HTTP_PORT to a port from 1024 on.' },
  EADDRNOTAVAIL: { message: 'is not an address of this machine', hint: 'Correct PERFWATCH_HTTP_HOST.' },
  ENOTFOUND: { message: 'names a host that is not known', hint: 'Correct PERFWATCH_HTTP_HOST.' },
  EAI_AGAIN: { message: 'names a host that is not known', hint: 'Correct PERFWATCH_HTTP_HOST.' },
};

/** What to tell the operator when the port cannot be opened. */
export function describeListenFault(error: unknown, { host, port }: { host: string; port: number }): PerfwatchError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const fault = LISTEN_FAULTS[code];
  if (fault !== undefined)
    return new PerfwatchError('conflict', `HTTP port ${host}:${port} ${fault.message}`, { hint: fault.hint, cause: error });
  const reason = error instanceof Error ? error.message : String(error);
  return new PerfwatchError('conflict', `HTTP port ${host}:${port} cannot be opened: ${reason}`, { cause: error });
}

async function listen(server: HttpServer, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    // Fastify would open one server for each address of a name, and Socket.IO be on the first alone.
    const { address } = await lookup(host);
    await server.listen({ host: address, port, listenTextResolver: () => 'HTTP server is listening' });
  } catch (error) {
    await server.close();
    throw describeListenFault(error, { host, port });
  }
}

/** How long clients get to end their connections in order. */
const CLOSE_GRACE_MS = 1500;

/** Ends what is connected to `server` for good: a client that does not read would keep it open for half a minute. */
function connectionsOf(server: NodeHttpServer): { destroy: () => void } {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    destroy: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function urlOf(scheme: 'http' | 'https', host: string, address: AddressInfo | string | null): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Opens the port; resolves when it is open. Throws PerfwatchError('conflict') when it cannot be. */
export async function openGateway({ bus, host, port, liveLimits = {}, ...rest }: GatewayOptions): Promise<Gateway> {
  const { call, log } = rest;
  const server = await createHttpServer({
    ...rest,
    busState: () => bus.state(),
    streamState: () => bus.stream(),
    subscribeSamples: (subject, handler) => bus.subscribeSamples(subject, handler),
    liveState: () => ({ connections: live.viewers, subscriptions: live.patterns }),
  });
  const connections = connectionsOf(server.server);
  const origins = { allowedOrigins: new Set(rest.allowedOrigins), isTrusted: trustIn(rest.trustedProxies ?? []) };
  const live = new LiveServer({ httpServer: server.server, bus, call, log, origins, limits: liveLimits });
  serveBelow(server.server, rest.basePath);
  try {
    await listen(server, { host, port });
  } catch (error) {
    await live.close();
    throw error;
  }
  const url = urlOf((rest.certificate ?? null) === null ? 'http' : 'https', host, server.server.address());
  log.info({ url }, 'the gateway serves API, live data and dashboard');
  const stop = async (): Promise<void> => {
    const grace = new AbortController();
    void delay(CLOSE_GRACE_MS, undefined, { signal: grace.signal }).then(connections.destroy, () => undefined);
    await live.close();
    await server.close();
    grace.abort();
  };
  let stopping: Promise<void> | null = null;
  return {
    url,
    live,
    sendConfig: (config) => live.sendConfig(config),
    sendAnnotationRemoved: (removed) => live.sendAnnotationRemoved(removed),
    revoke: (revoked) => live.revoke(revoked),
    stop: () => (stopping ??= stop()),
  };
}
