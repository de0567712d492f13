import { setTimeout as delay } from 'node:timers/promises';
import type { Msg, NatsConnection } from 'nats';
import { Backoff } from './backoff.ts';
import type { SampleConsumerOptions, StoredMessage, Subscription } from './bus.ts';
import type { NatsLink } from './link.ts';
import type { BusLog } from './log.ts';
import { PullFeed } from './pull-feed.ts';
import { StreamWatch, type DroppedByStream } from './stream-watch.ts';
import { ACK_WAIT_MS, deliveryOf, ensureConsumer, type StreamLimits } from './stream.ts';

/** What is held while batches fail is claimed anew well before JetStream would give it to somebody else. */
const KEEP_EVERY_MS = ACK_WAIT_MS / 3;
/** What waits in memory is filled up before it is used up, so that storing never waits for JetStream's answer. */
const PULL_BELOW_BATCHES = 2;
const PULL_UP_TO_BATCHES = 4;
/** Most batches in memory that failed: one that always fails must not keep others from being stored. */
const MAX_HELD_BATCHES = 3;

/** A message until it is settled; the answer goes out on whichever connection there is then, and is lost without one. */
class PulledMessage implements StoredMessage {
  readonly #message: Msg;
  readonly #answer: (subject: string, body: string) => void;
  /** It has been in a batch that failed. */
  wasTried = false;
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
  get isSettled(): boolean {
    return this.#settled;
  }
  ack(): void {
    this.#settle('+ACK');
  }
  discard(): void {
    this.#settle('+TERM');
  }
  /** JetStream delivers it to somebody else at once. */
  giveBack(): void {
    this.#settle('-NAK');
  }
  /** JetStream delivers it to nobody else for another while. */
  keep(): void {
    const { reply } = this.#message;
    if (!this.#settled && reply !== undefined) this.#answer(reply, '+WPI');
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
 * Batches of the stream's messages, one at a time: while one is stored the next gathers. At most five batches are in memory, and a
 * few more that failed: they are kept here, because a stream at its bound drops what is on its way as well.
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
  readonly #watch: StreamWatch;
  #buffer: PulledMessage[] = [];
  /** Messages in the buffer that were tried before. */
  #held = 0;
  #keeping: NodeJS.Timeout | null = null;
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
    this.#watch = new StreamWatch({ durable: options.durable, connection: () => link.connection, log });
    this.#removeListener = link.onConnection((connection) => void this.#open(connection));
  }

  get dropped(): DroppedByStream | null {
    return this.#watch.dropped;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#watch.stop();
    this.#removeListener();
    this.#feed?.stop();
    if (this.#linger !== null) clearTimeout(this.#linger);
    await this.#running;
    this.#stopKeeping();
    // What was not begun goes to another replica at once.
    for (const message of this.#buffer.splice(0)) message.giveBack();
  }

  async #open(connection: NatsConnection): Promise<void> {
    this.#feed?.stop();
    this.#feed = null;
    const { signal } = this.#stopping;
    while (!signal.aborted && !connection.isClosed()) {
      try {
        await ensureConsumer(connection, this.#options.durable, this.#limits);
        this.#setTrouble(null);
        // Before anything is pulled: it shows what was dropped while nobody consumed.
        await this.#watch.check();
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
      room: () => {
        const fresh = this.#buffer.length - this.#held;
        const isWanted = fresh <= PULL_BELOW_BATCHES * maxBatch && this.#held < MAX_HELD_BATCHES * maxBatch;
        return isWanted ? PULL_UP_TO_BATCHES * maxBatch - fresh : 0;
      },
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
    this.#watch.noteDelivery(deliveryOf(message.reply));
    this.#buffer.push(new PulledMessage(message, (subject, body) => void this.#link.publish(subject, body)));
    if (this.#running !== null) return;
    if (this.#buffer.length >= this.#options.maxBatch) this.#run();
    else this.#linger ??= setTimeout(() => this.#run(), this.#options.lingerMs);
  }

  #run(): void {
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#linger = null;
    if (this.#stopping.signal.aborted || this.#buffer.length === 0) return;
    const batch = this.#buffer.splice(0, this.#options.maxBatch);
    for (const { wasTried } of batch) if (wasTried) this.#held -= 1;
    this.#feed?.pull();
    this.#running = this.#store(batch).then(() => {
      this.#running = null;
      this.#run();
    });
  }

  /** Never rejects: a batch that could not be stored is tried again later. */
  async #store(batch: readonly PulledMessage[]): Promise<void> {
    const { durable } = this.#options;
    try {
      await this.#options.onBatch(batch);
      if (this.#isFailing) this.#log.info({ durable }, 'batches are stored again');
      this.#setFailing(false);
      this.#failing.reset();
      if (this.#held === 0) this.#stopKeeping();
    } catch (error) {
      if (!this.#isFailing) this.#log.error({ err: error, durable }, 'a batch was not stored and will be tried again');
      this.#setFailing(true);
      this.#hold(batch);
      await delay(this.#failing.next(), undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  #setFailing(isFailing: boolean): void {
    if (isFailing !== this.#isFailing) this.#watch.noteTrouble(isFailing);
    this.#isFailing = isFailing;
  }

  /** At the end of the queue: others are tried before the same ones again. */
  #hold(batch: readonly PulledMessage[]): void {
    for (const message of batch) {
      if (message.isSettled) continue;
      message.wasTried = true;
      this.#held += 1;
      this.#buffer.push(message);
    }
    this.#keeping ??= setInterval(() => {
      for (const message of this.#buffer) message.keep();
    }, KEEP_EVERY_MS);
  }

  #stopKeeping(): void {
    if (this.#keeping !== null) clearInterval(this.#keeping);
    this.#keeping = null;
  }

  #setTrouble(reason: string | null): void {
    if (reason === this.#trouble) return;
    this.#trouble = reason;
    const fields = { durable: this.#options.durable, reason };
    if (reason === null) this.#log.info(fields, 'consuming Samples from JetStream');
    else this.#log.warn(fields, 'cannot consume Samples from JetStream');
  }
}
