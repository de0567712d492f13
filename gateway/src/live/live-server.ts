import type { Server as NodeHttpServer } from 'node:http';
import type { Bus } from '@perfwatch/bus';
import {
  authenticateSchema,
  LIVE_NAMESPACE,
  PerfwatchError,
  subscribeSchema,
  subscriptionSchema,
  type AnnotationRemoved,
  type Config,
  type ControlEvents,
  type Sample,
  type SubscribeRequest,
} from '@perfwatch/contract';
import type { Logger, ServiceContext } from '@perfwatch/service-kit';
import { Server } from 'socket.io';
import { type OriginRules } from '../origin-of.ts';
import { Admission, ADMISSION_LIMITS, ConnectionRefusal, type AdmissionLimits } from './admission.ts';
import { Backfill } from './backfill.ts';
import { FanOut } from './fan-out.ts';
import { HostWatch } from './host-watch.ts';
import { patternsOf } from './pattern.ts';
import { Requests } from './requests.ts';
import { handshakeToken, Session } from './session.ts';
import type { LiveIo, LiveNamespace, LiveSocket } from './socket-types.ts';
import { Viewer, type SlowLimits } from './viewer.ts';

export interface LiveLimits extends SlowLimits, AdmissionLimits {
  maxPatternsPerViewer: number;
  /** Different patterns of all viewers together: each is a NATS subscription. */
  maxPatterns: number;
  /** How often it is asked which tokens are over: what nobody announces, as with `perfwatch user passwd`, ends connections all the same. */
  recheckEveryMs: number;
}

export const LIVE_LIMITS: LiveLimits = {
  ...ADMISSION_LIMITS,
  maxPatternsPerViewer: 1000,
  maxPatterns: 20_000,
  recheckEveryMs: 2000,
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
  origins: OriginRules;
  limits?: Partial<LiveLimits>;
}

/** The namespace `/live` on an HTTP server. */
export class LiveServer {
  readonly #io: LiveIo;
  readonly #namespace: LiveNamespace;
  readonly #call: ServiceContext['call'];
  readonly #log: Logger;
  readonly #limits: LiveLimits;
  readonly #admission: Admission;
  readonly #fanOut: FanOut;
  readonly #hosts: HostWatch;
  readonly #backfill: Backfill;
  readonly #sessions = new Map<LiveSocket, Session>();
  readonly #removeBusListener: () => void;
  readonly #recheckTimer: NodeJS.Timeout;
  #isRechecking = false;

  constructor({ httpServer, bus, call, log, origins, limits = {} }: LiveServerOptions) {
    this.#call = call;
    this.#log = log;
    this.#limits = { ...LIVE_LIMITS, ...limits };
    this.#admission = new Admission({ limits: this.#limits, origins });
    this.#io = this.#attach(httpServer, origins);
    this.#namespace = this.#io.of(LIVE_NAMESPACE);
    this.#fanOut = new FanOut({ bus, namespace: this.#namespace, onSample: (sample) => this.#hosts.observeSample(sample) });
    this.#hosts = new HostWatch({ bus, call, fanOut: () => this.#fanOut, hasViewers: () => this.#sessions.size > 0 });
    this.#backfill = new Backfill({ call, log });
    this.#namespace.use((socket, next) => {
      this.#authenticate(socket).then(
        () => next(),
        (error: unknown) => next(error instanceof ConnectionRefusal ? error : new ConnectionRefusal(error)),
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

  sendAnnotationRemoved(removed: AnnotationRemoved): void {
    this.#fanOut.sendAnnotationRemoved(removed);
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

  #attach(httpServer: NodeHttpServer, { allowedOrigins }: OriginRules): LiveIo {
    const io: LiveIo = new Server(httpServer, {
      serveClient: false,
      connectTimeout: JOIN_TIMEOUT_MS,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      // Costs ten times what it saves on a local network, and a pre-encoded frame cannot be shared.
      perMessageDeflate: false,
      // For long polling; a WebSocket asks nobody.
      ...(allowedOrigins.size === 0 ? {} : { cors: { origin: [...allowedOrigins] } }),
      allowRequest: (request, decide) => {
        const refusal = this.#admission.refusalOf(request, io.engine.clientsCount);
        decide(refusal, refusal === null);
      },
    });
    io.engine.on('headers', (headers: Record<string, string>) => {
      headers['cache-control'] = 'no-store';
      headers['x-content-type-options'] = 'nosniff';
    });
    io.engine.on('connection', (connection: LiveSocket['conn']) => this.#admission.watch(connection, () => this.#endFlood(connection)));
    // There is nothing in the root namespace, and nobody would be asked for a token there.
    io.use((_socket, next) => next(new ConnectionRefusal(new PerfwatchError('not_found', `Connect to the namespace ${LIVE_NAMESPACE}`))));
    return io;
  }

  async #authenticate(socket: LiveSocket): Promise<void> {
    const token = handshakeToken(socket.handshake.auth);
    const identity = await this.#call('auth.verify', { token });
    this.#admission.count(socket, identity.userId);
    socket.data.identity = identity;
  }

  /** Says why, where there is anyone to be told. */
  #endFlood(connection: LiveSocket['conn']): void {
    for (const socket of this.#sessions.keys()) {
      if (socket.conn !== connection) continue;
      const { maxMessagesPer10Seconds } = this.#limits;
      socket.emit('refused', { code: 'too_many_messages', message: `At most ${maxMessagesPer10Seconds} messages in 10 seconds` });
      socket.disconnect(true);
      return;
    }
    connection.close(true);
  }

  #welcome(socket: LiveSocket): void {
    // A client may send an event of this name, which would end the process if nobody listened.
    socket.on('error', () => undefined);
    const { identity } = socket.data;
    if (identity === undefined) throw new PerfwatchError('internal', 'a connection joined without a token');
    const viewer = new Viewer(socket, this.#limits);
    const session = new Session({
      identity,
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
    this.#serve(viewer, session);
    session.start();
  }

  #serve(viewer: Viewer, session: Session): void {
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
      event: 'authenticate',
      schema: authenticateSchema,
      handle: async (request) => {
        session.renew(await this.#call('auth.verify', request));
        return {};
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

  /** Asks which tokens are over: whoever ended them may not have said so, or been heard. An auth service that does not answer changes nothing. */
  async #recheckSessions(): Promise<void> {
    if (this.#isRechecking || this.#sessions.size === 0) return;
    this.#isRechecking = true;
    try {
      const tokenIds = [...new Set([...this.#sessions.values()].map(({ tokenId }) => tokenId))];
      for (const tokenId of (await this.#call('auth.findEnded', { tokenIds })).tokenIds) this.revoke({ tokenId });
    } catch (error) {
      this.#log.debug({ err: error }, 'the tokens of live connections were not checked');
    } finally {
      this.#isRechecking = false;
    }
  }
}
