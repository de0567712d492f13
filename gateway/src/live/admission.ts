import type { IncomingMessage } from 'node:http';
import { PerfwatchError } from '@perfwatch/contract';
import { networkOf } from '@perfwatch/service-kit';
import { clientAddress, isWelcome, type OriginRules } from '../origin-of.ts';
import { RateLimit } from '../rate-limit.ts';
import { tellable } from './requests.ts';
import type { LiveSocket } from './socket-types.ts';

export interface AdmissionLimits {
  /** Connections of this process. */
  maxConnections: number;
  /** Of them, of one user: a wall of screens has one, and may not keep everyone else out. */
  maxConnectionsPerUser: number;
  /** Of one address, of everyone behind a proxy that is not trusted: all of them come back within two minutes after a restart. */
  maxHandshakesPerMinute: number;
  /** Of one connection, heartbeats among them; a page sends a handful. Who sends more is disconnected. */
  maxMessagesPer10Seconds: number;
}

export const ADMISSION_LIMITS: AdmissionLimits = {
  maxConnections: 2000,
  maxConnectionsPerUser: 500,
  maxHandshakesPerMinute: 1200,
  maxMessagesPer10Seconds: 500,
};

const MINUTE_MS = 60_000;
const TEN_SECONDS_MS = 10_000;
const MAX_ADDRESSES = 10_000;

/** Refuses a connection; the client sees `connect_error` with `data.code`. */
export class ConnectionRefusal extends Error {
  readonly data: { code: string };

  constructor(error: unknown, code: string = error instanceof PerfwatchError ? error.code : 'internal') {
    super(tellable(error), { cause: error });
    this.data = { code };
  }
}

export interface AdmissionOptions {
  limits: AdmissionLimits;
  origins: OriginRules;
}

/** Who may open a live connection, and how many. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #origins: OriginRules;
  readonly #handshakes: RateLimit;
  /** Connections of each user that has any. */
  readonly #byUser = new Map<string, Set<LiveSocket>>();

  constructor({ limits, origins }: AdmissionOptions) {
    this.#limits = limits;
    this.#origins = origins;
    this.#handshakes = new RateLimit({ max: limits.maxHandshakesPerMinute, windowMs: MINUTE_MS, maxKeys: MAX_ADDRESSES });
  }

  /** Why a connection may not even be opened, for the reply's `message`; null when it may. */
  refusalOf(request: IncomingMessage, openConnections: number): string | null {
    if (!isWelcome(request, this.#origins)) return 'the page is of another origin';
    const waitSeconds = this.#handshakes.take(networkOf(clientAddress(request, this.#origins.isTrusted)));
    if (waitSeconds > 0) return `too many connections from this address; try again in ${waitSeconds} s`;
    return openConnections < this.#limits.maxConnections ? null : 'this server has too many live connections';
  }

  /** Counts a connection until it ends. Throws ConnectionRefusal('too_many_connections'). */
  count(socket: LiveSocket, userId: string): void {
    const own = this.#byUser.get(userId) ?? new Set();
    if (own.size >= this.#limits.maxConnectionsPerUser) {
      const error = new PerfwatchError(
        'too_many_requests',
        `A user has at most ${this.#limits.maxConnectionsPerUser} live connections to a server`,
        { hint: 'Close some of them.' },
      );
      throw new ConnectionRefusal(error, 'too_many_connections');
    }
    // Nobody would tell of its end any more.
    if (socket.conn.readyState !== 'open') return;
    own.add(socket);
    this.#byUser.set(userId, own);
    const release = (): void => {
      own.delete(socket);
      if (own.size === 0 && this.#byUser.get(userId) === own) this.#byUser.delete(userId);
    };
    socket.once('disconnect', release);
    // Where it ended before it had joined.
    socket.conn.once('close', release);
  }

  /** Calls `onFlood` when a connection sends too much; once. */
  watch(connection: LiveSocket['conn'], onFlood: () => void): void {
    const messages = new RateLimit({ max: this.#limits.maxMessagesPer10Seconds, windowMs: TEN_SECONDS_MS, maxKeys: 1 });
    const count = (): void => {
      if (messages.take('') === 0) return;
      connection.off('packet', count);
      onFlood();
    };
    connection.on('packet', count);
  }
}
