import type { Server as NodeHttpServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Bus } from '@perfwatch/bus';
import {
  LIVE_NAMESPACE,
  PerfwatchError,
  subscribeSchema,
  subscriptionSchema,
  type Config,
  type ControlEvents,
  type Sample,
  type SubscribeRequest,
} from '@perfwatch/contract';
import type { Logger, ServiceContext } from '@perfwatch/service-kit';
import { Server } from 'socket.io';
import { Backfill } from './backfill.ts';
import { FanOut } from './fan-out.ts';
import { HostWatch } from './host-watch.ts';
import { patternsOf } from './pattern.ts';
import { Requests, tellable } from './requests.ts';
import { handshakeToken, Session } from './session.ts';
import type { LiveIo, LiveNamespace, LiveSocket } from './socket-types.ts';
import { Viewer, type SlowLimits } from './viewer.ts';

export interface LiveLimits extends SlowLimits {
  /** Connections of this process. */
  maxConnections: number;
  maxPatternsPerViewer: number;
  /** Different patterns of all viewers together: each is a NATS subscription. */
  maxPatterns: number;
  /** Tokens that ended where nobody announces it, as with `perfwatch user passwd`, end their connections within this time. */
  recheckEveryMs: number;
}

export const LIVE_LIMITS: LiveLimits = {
  maxConnections: 2000,
  maxPatternsPerViewer: 1000,
  maxPatterns: 20_000,
  recheckEveryMs: 30_000,
  maxWaitMs: 2000,
  maxQueuedBytes: 4 * 1024 * 1024,
};

/** Largest message from a client: a subscription to 1000 hosts and 100 collectors has 75 kB. */
const MAX_MESSAGE_BYTES = 128 * 1024;
/** How long a connection may stay that has not joined the namespace, for want of a token. */
const JOIN_TIMEOUT_MS = 10_000;

export interface LiveServerOptions {
  httpServer: NodeHttpServer;
  bus: Pick<Bus, 'subscribe' | 'subscribeSamples' | 'onState'>;
  call: ServiceContext['call'];
  log: Logger;
  limits?: Partial<LiveLimits>;
}

/** Refuses a connection; the client sees `connect_error` with `data.code`. */
class ConnectionRefusal extends Error {
  readonly data: { code: string };

  constructor(error: unknown) {
    super(tellable(error), { cause: error });
    this.data = { code: error instanceof PerfwatchError ? error.code : 'internal' };
  }
}

/** Browsers name the origin of the page that connects; a page of another site has no business here. Programs send none. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  return URL.parse(headers.origin)?.host === headers.host;
}

/** The namespace `/live` on an HTTP server. */
export class LiveServer {
  readonly #io: LiveIo;
  readonly #namespace: LiveNamespace;
  readonly #call: ServiceContext['call'];
  readonly #log: Logger;
  readonly #limits: LiveLimits;
  readonly #fanOut: FanOut;
  readonly #hosts: HostWatch;
  readonly #backfill: Backfill;
  readonly #sessions = new Map<LiveSocket, Session>();
  readonly #removeBusListener: () => void;
  readonly #recheckTimer: NodeJS.Timeout;
  #isRechecking = false;

  constructor({ httpServer, bus, call, log, limits = {} }: LiveServerOptions) {
    this.#call = call;
    this.#log = log;
    this.#limits = { ...LIVE_LIMITS, ...limits };
    this.#io = this.#attach(httpServer);
    this.#namespace = this.#io.of(LIVE_NAMESPACE);
    this.#fanOut = new FanOut({ bus, namespace: this.#namespace, onSample: (sample) => this.#hosts.observeSample(sample) });
    this.#hosts = new HostWatch({ bus, call, fanOut: () => this.#fanOut, hasViewers: () => this.#sessions.size > 0 });
    this.#backfill = new Backfill({ call, log });
    this.#namespace.use((socket, next) => {
      this.#authenticate(socket).then(
        () => next(),
        (error: unknown) => next(new ConnectionRefusal(error)),
      );
    });
    this.#namespace.on('connection', (socket) => this.#welcome(socket));
    this.#removeBusListener = bus.onState(({ connected }) => {
      if (connected) void this.#recheckSessions();
    });
    this.#recheckTimer = setInterval(() => void this.#recheckSessions(), this.#limits.recheckEveryMs);
    this.#recheckTimer.unref();
  }

  /** Connections that have a valid token. */
  get viewers(): number {
    return this.#sessions.size;
  }

  /** Different patterns that anyone watches: as many as there are NATS subscriptions for Samples. */
  get patterns(): number {
    return this.#fanOut.patterns;
  }

  sendConfig(config: Config): void {
    this.#fanOut.sendConfig(config);
  }

  /** Ends the connections whose token has ended. */
  revoke(revoked: ControlEvents['auth.revoked']): void {
    for (const session of [...this.#sessions.values()]) session.revoke(revoked);
  }

  /** Disconnects everyone; the HTTP server stops listening with it. */
  async close(): Promise<void> {
    this.#removeBusListener();
    clearInterval(this.#recheckTimer);
    await this.#hosts.stop();
    for (const session of this.#sessions.values()) session.close();
    await this.#fanOut.stop();
    await this.#io.close();
  }

  #attach(httpServer: NodeHttpServer): LiveIo {
    const io: LiveIo = new Server(httpServer, {
      serveClient: false,
      connectTimeout: JOIN_TIMEOUT_MS,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      // Costs ten times what it saves on a local network, and a pre-encoded frame cannot be shared.
      perMessageDeflate: false,
      allowRequest: (request, decide) => {
        if (!isSameOrigin(request)) decide('the page is of another origin', false);
        else decide(null, io.engine.clientsCount < this.#limits.maxConnections);
      },
    });
    // There is nothing in the root namespace, and nobody would be asked for a token there.
    io.use((_socket, next) => next(new ConnectionRefusal(new PerfwatchError('not_found', `Connect to the namespace ${LIVE_NAMESPACE}`))));
    return io;
  }

  async #authenticate(socket: LiveSocket): Promise<void> {
    const token = handshakeToken(socket.handshake.auth);
    socket.data.credentials = { token, identity: await this.#call('auth.verify', { token }) };
  }

  #welcome(socket: LiveSocket): void {
    // A client may send an event of this name, which would end the process if nobody listened.
    socket.on('error', () => undefined);
    const { credentials } = socket.data;
    if (credentials === undefined) throw new PerfwatchError('internal', 'a connection joined without credentials');
    const viewer = new Viewer(socket, this.#limits);
    const session = new Session({
      ...credentials,
      onEnd: () => {
        socket.emit('auth_expired');
        socket.disconnect(true);
      },
    });
    this.#sessions.set(socket, session);
    this.#fanOut.add(viewer);
    socket.on('disconnect', () => {
      session.close();
      viewer.close();
      this.#sessions.delete(socket);
      this.#fanOut.remove(viewer);
    });
    this.#serve(viewer);
    session.start();
  }

  #serve(viewer: Viewer): void {
    const requests = new Requests(viewer.socket, this.#log);
    /** One at a time for each viewer, so that nobody takes all turns. */
    let backfills: Promise<Sample[]> = Promise.resolve([]);
    requests.serve({
      event: 'subscribe',
      schema: subscribeSchema,
      handle: async (request) => {
        this.#subscribe(viewer, request);
        backfills = backfills.then(() => this.#backfill.recent(request));
        return { backfill: await backfills };
      },
    });
    requests.serve({
      event: 'unsubscribe',
      schema: subscriptionSchema,
      handle: (request) => {
        this.#fanOut.unsubscribe(viewer, patternsOf(request));
        return {};
      },
    });
  }

  #subscribe(viewer: Viewer, request: SubscribeRequest): void {
    if (!viewer.socket.connected) return;
    const { maxPatternsPerViewer, maxPatterns } = this.#limits;
    const patterns = patternsOf(request);
    const own = new Set([...viewer.patterns, ...patterns]).size;
    if (own > maxPatternsPerViewer) {
      throw new PerfwatchError('bad_input', `At most ${maxPatternsPerViewer} subscriptions for each connection; this would make ${own}`, {
        hint: 'Leave hosts or collectors out to subscribe to all of them.',
      });
    }
    if (this.#fanOut.patterns + this.#fanOut.countNew(patterns) > maxPatterns) {
      throw new PerfwatchError('unavailable', 'This server has too many different subscriptions', {
        hint: 'Leave hosts or collectors out to subscribe to all of them.',
      });
    }
    this.#fanOut.subscribe(viewer, patterns);
  }

  /** One after another: a reconnect must not become a storm of calls. */
  async #recheckSessions(): Promise<void> {
    if (this.#isRechecking) return;
    this.#isRechecking = true;
    for (const session of [...this.#sessions.values()]) await session.recheck(this.#call);
    this.#isRechecking = false;
  }
}
