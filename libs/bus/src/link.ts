import { setTimeout as delay } from 'node:timers/promises';
import { PerfwatchError } from '@perfwatch/contract';
import { connect, ErrorCode, NatsError, type ConnectionOptions, type NatsConnection, type PublishOptions } from 'nats';
import { Backoff } from './backoff.ts';
import type { BusState } from './bus.ts';
import { MAX_MESSAGE_BYTES } from './decode.ts';
import type { BusLog } from './log.ts';

/** A connection that lasted this long was a good one: the next try follows at once. */
const STABLE_MS = 5000;
/** For what is on its way when the bus is closed. */
const DRAIN_MS = 2000;

const REFUSED: string = ErrorCode.ConnectionRefused;
const TIMEOUT: string = ErrorCode.Timeout;
const AUTH_ERRORS: readonly string[] = [
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.AuthenticationTimeout,
  ErrorCode.AccountExpired,
];

interface OutgoingMessage {
  subject: string;
  payload: string | Uint8Array;
  options: PublishOptions | undefined;
}

/** One line that says why NATS could not be reached or was lost. */
function describeNatsError(error: unknown, servers: string): string {
  if (!(error instanceof NatsError)) return `NATS at ${servers}: ${error instanceof Error ? error.message : String(error)}`;
  if (AUTH_ERRORS.includes(error.code)) return `NATS at ${servers} refuses these credentials: ${error.message}`;
  if (error.code === REFUSED) return `NATS does not answer at ${servers}`;
  if (error.code === TIMEOUT) return `NATS at ${servers} did not answer in time`;
  return `NATS at ${servers}: ${error.chainedError?.message ?? error.message}`;
}

/** A connection that breaks while it is flushed is closed all the same; over TLS its `drain` then never ends. */
async function drainAndClose(connection: NatsConnection | null): Promise<void> {
  const drained = connection?.drain().catch(() => undefined);
  await Promise.race([drained, connection?.closed(), delay(DRAIN_MS, undefined, { ref: false })]);
  await connection?.close();
}

/**
 * One NATS connection after another, for ever. The client's own reconnect is off: it would queue what is published while it
 * is away a second time, and drop that queue without a word.
 */
export class NatsLink {
  readonly #options: ConnectionOptions;
  readonly #servers: string;
  readonly #log: BusLog;
  readonly #closing = new AbortController();
  readonly #stateListeners = new Set<(state: BusState) => void>();
  readonly #connectionListeners = new Set<(connection: NatsConnection) => void>();
  readonly #ended: Promise<void>;
  #state: BusState = { connected: false, reason: 'connecting to NATS' };
  #connection: NatsConnection | null = null;
  /** Of this turn of the event loop. */
  #outgoing: OutgoingMessage[] = [];

  constructor(options: ConnectionOptions, log: BusLog) {
    this.#options = { ...options, reconnect: false };
    this.#servers = [options.servers ?? []].flat().join(', ');
    this.#log = log;
    this.#ended = this.#keepConnected();
  }

  get state(): BusState {
    return this.#state;
  }

  /** The live connection; null while NATS is away, and when this is closed: one that drains takes nothing more. */
  get connection(): NatsConnection | null {
    return this.#connection?.isClosed() === false && !this.#connection.isDraining() ? this.#connection : null;
  }

  /** Largest payload that the server takes; the default of nats-server while it is away. */
  get maxMessageBytes(): number {
    return this.connection?.info?.max_payload ?? MAX_MESSAGE_BYTES;
  }

  /**
   * Sends a message at the end of this turn of the event loop, with all others of the turn in one write: collectors that tick together
   * wake nats-server once. False while NATS is away, and for a payload that it would not take.
   */
  publish(subject: string, payload: string | Uint8Array, options?: PublishOptions): boolean {
    if (this.connection === null) return false;
    const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength;
    if (bytes > this.maxMessageBytes) {
      this.#log.error({ subject, bytes, largest: this.maxMessageBytes }, 'dropped a message larger than NATS takes');
      return false;
    }
    if (this.#outgoing.push({ subject, payload, options }) === 1) setImmediate(() => this.#flush());
    return true;
  }

  onState(listener: (state: BusState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Calls `listener` with the connection there is and with every later one; returns what removes it. */
  onConnection(listener: (connection: NatsConnection) => void): () => void {
    this.#connectionListeners.add(listener);
    if (this.connection !== null) listener(this.connection);
    return () => this.#connectionListeners.delete(listener);
  }

  connected(timeoutMs: number): Promise<void> {
    if (this.#state.connected) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const remove = this.onState(({ connected }) => {
        if (!connected) return;
        clearTimeout(timer);
        remove();
        resolve();
      });
      const timer = setTimeout(() => {
        remove();
        reject(new PerfwatchError('unavailable', this.#state.reason ?? 'NATS is not connected'));
      }, timeoutMs);
    });
  }

  /** Flushes and disconnects. Idempotent. */
  async close(): Promise<void> {
    if (!this.#isClosing()) {
      this.#flush();
      this.#closing.abort();
      await drainAndClose(this.#connection);
    }
    await this.#ended;
  }

  #flush(): void {
    const { connection } = this;
    for (const { subject, payload, options } of this.#outgoing.splice(0)) connection?.publish(subject, payload, options);
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  async #keepConnected(): Promise<void> {
    const backoff = new Backoff({ firstMs: 100, maxMs: 5000 });
    const { signal } = this.#closing;
    while (!this.#isClosing()) {
      const startedMs = performance.now();
      const reason = await this.#connectOnce();
      if (performance.now() - startedMs > STABLE_MS) backoff.reset();
      this.#setState({ connected: false, reason: this.#isClosing() ? 'closed' : reason });
      await delay(backoff.next(), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Stays until the connection ends; resolves to why it did or why there was none. */
  async #connectOnce(): Promise<string> {
    try {
      const connection = await connect(this.#options);
      if (this.#isClosing()) {
        await connection.close();
        return 'closed';
      }
      this.#connection = connection;
      // Its iterator stays open when the connection closes, so nobody waits for it.
      void this.#watchErrors(connection);
      this.#setState({ connected: true, reason: null });
      for (const listener of this.#connectionListeners) listener(connection);
      const error = await connection.closed();
      return error === undefined ? `NATS at ${this.#servers} closed the connection` : describeNatsError(error, this.#servers);
    } catch (error) {
      return describeNatsError(error, this.#servers);
    } finally {
      this.#connection = null;
    }
  }

  /** The server answers a forbidden subject with an error of the connection, not of the call. */
  async #watchErrors(connection: NatsConnection): Promise<void> {
    const reported = new Set<string>();
    for await (const { permissionContext } of connection.status()) {
      const context = permissionContext === undefined ? null : `${permissionContext.operation} ${permissionContext.subject}`;
      if (context === null || reported.has(context) || reported.size >= 100) continue;
      reported.add(context);
      this.#log.error({ operation: permissionContext?.operation, subject: permissionContext?.subject }, 'NATS does not permit this');
    }
  }

  #setState(state: BusState): void {
    const changed = state.connected !== this.#state.connected || state.reason !== this.#state.reason;
    if (!changed) return;
    this.#state = state;
    if (state.connected) this.#log.info({ servers: this.#servers }, 'connected to NATS');
    else if (state.reason !== 'closed') this.#log.warn({ reason: state.reason }, 'not connected to NATS');
    for (const listener of this.#stateListeners) listener(state);
  }
}
