import { setTimeout as delay } from 'node:timers/promises';
import type { Msg, NatsConnection } from 'nats';
import { Backoff } from './backoff.ts';
import type { SampleConsumerOptions, StoredMessage, Subscription } from './bus.ts';
import type { NatsLink } from './link.ts';
import type { BusLog } from './log.ts';
import { PullFeed } from './pull-feed.ts';
import { deliveriesOf, ensureConsumer, type StreamLimits } from './stream.ts';

const NANOS_PER_MS = 1_000_000;

/** A message until it is settled; the answer goes out on whichever connection there is then, and is lost without one. */
class PulledMessage implements StoredMessage {
  readonly #message: Msg;
  readonly #answer: (subject: string, body: string) => void;
  #settled = false;

  constructor(message: Msg, answer: (subject: string, body: string) => void) {
    this.#message = message;
    this.#answer = answer;
  }

  get subject(): string {
    return this.#message.subject;
  }
  get payload(): Uint8Array {
    return this.#message.data;
  }
  get deliveries(): number {
    return deliveriesOf(this.#message.reply);
  }
  ack(): void {
    this.#settle('+ACK');
  }
  retry(delayMs: number): void {
    this.#settle(`-NAK {"delay":${Math.round(delayMs * NANOS_PER_MS)}}`);
  }
  discard(): void {
    this.#settle('+TERM');
  }

  #settle(body: string): void {
    const { reply } = this.#message;
    if (this.#settled || reply === undefined) return;
    this.#settled = true;
    this.#answer(reply, body);
  }
}

export interface SampleConsumerDependencies {
  link: NatsLink;
  limits: StreamLimits;
  log: BusLog;
}

/**
 * Batches of the stream's messages, one at a time: while one is stored the next gathers. At most three batches are in memory.
 * Lives through the loss of the connection, of the stream and of the consumer.
 */
export class SampleConsumer implements Subscription {
  readonly #options: SampleConsumerOptions;
  readonly #link: NatsLink;
  readonly #limits: StreamLimits;
  readonly #log: BusLog;
  readonly #stopping = new AbortController();
  readonly #removeListener: () => void;
  readonly #reopening = new Backoff({ firstMs: 100, maxMs: 5000 });
  readonly #failing = new Backoff({ firstMs: 250, maxMs: 10_000 });
  #buffer: PulledMessage[] = [];
  #feed: PullFeed | null = null;
  #linger: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #trouble: string | null = null;
  #isFailing = false;

  constructor(options: SampleConsumerOptions, { link, limits, log }: SampleConsumerDependencies) {
    this.#options = options;
    this.#link = link;
    this.#limits = limits;
    this.#log = log;
    this.#removeListener = link.onConnection((connection) => void this.#open(connection));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#removeListener();
    this.#feed?.stop();
    if (this.#linger !== null) clearTimeout(this.#linger);
    await this.#running;
    // What was not begun goes to another replica at once.
    for (const message of this.#buffer.splice(0)) message.retry(0);
  }

  async #open(connection: NatsConnection): Promise<void> {
    this.#feed?.stop();
    this.#feed = null;
    const { signal } = this.#stopping;
    while (!signal.aborted && !connection.isClosed()) {
      try {
        await ensureConsumer(connection, this.#options.durable, this.#limits);
        this.#setTrouble(null);
        this.#feed = this.#openFeed(connection);
        return;
      } catch (error) {
        if (connection.isClosed()) return;
        this.#setTrouble(error instanceof Error ? error.message : String(error));
      }
      await delay(this.#reopening.next(), undefined, { signal }).catch(() => undefined);
    }
  }

  #openFeed(connection: NatsConnection): PullFeed | null {
    const { durable, maxBatch } = this.#options;
    if (this.#stopping.signal.aborted) return null;
    return new PullFeed({
      connection,
      durable,
      room: () => (this.#buffer.length < maxBatch ? 2 * maxBatch - this.#buffer.length : 0),
      onMessage: (message) => this.#take(message),
      onLost: (reason) => {
        this.#setTrouble(reason);
        void this.#reopen(connection);
      },
    });
  }

  async #reopen(connection: NatsConnection): Promise<void> {
    await delay(this.#reopening.next(), undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    if (this.#link.connection === connection) await this.#open(connection);
  }

  #take(message: Msg): void {
    this.#reopening.reset();
    this.#buffer.push(new PulledMessage(message, (subject, body) => void this.#link.publish(subject, body)));
    if (this.#running !== null) return;
    if (this.#buffer.length >= this.#options.maxBatch) this.#run();
    else this.#linger ??= setTimeout(() => this.#run(), this.#options.lingerMs);
  }

  #run(): void {
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#linger = null;
    if (this.#stopping.signal.aborted || this.#buffer.length === 0) return;
    this.#running = this.#store(this.#buffer.splice(0, this.#options.maxBatch)).then(() => {
      this.#running = null;
      this.#feed?.pull();
      this.#run();
    });
  }

  /** Never rejects: a batch that could not be stored comes back later. */
  async #store(batch: readonly PulledMessage[]): Promise<void> {
    try {
      await this.#options.onBatch(batch);
      if (this.#isFailing) this.#log.info({ durable: this.#options.durable }, 'batches are stored again');
      this.#isFailing = false;
      this.#failing.reset();
    } catch (error) {
      if (!this.#isFailing) this.#log.error({ err: error, durable: this.#options.durable }, 'a batch was not stored and will come back');
      this.#isFailing = true;
      const delayMs = this.#failing.next();
      for (const message of batch) message.retry(delayMs);
      await delay(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  #setTrouble(reason: string | null): void {
    if (reason === this.#trouble) return;
    this.#trouble = reason;
    const fields = { durable: this.#options.durable, reason };
    if (reason === null) this.#log.info(fields, 'consuming Samples from JetStream');
    else this.#log.warn(fields, 'cannot consume Samples from JetStream');
  }
}
