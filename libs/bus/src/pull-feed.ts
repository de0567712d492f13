import { METRICS_STREAM } from '@perfwatch/contract';
import { createInbox, nanos, type Msg, type NatsConnection } from 'nats';

/** How long JetStream holds a request that it cannot fill. */
const EXPIRES_MS = 30_000;
const HEARTBEAT_MS = 5000;
/** A request that nothing was heard of for this long is gone, with the server or the consumer. */
const SILENCE_MS = 3 * HEARTBEAT_MS;

export interface PullFeedOptions {
  connection: NatsConnection;
  durable: string;
  /** How many messages the buffer can take now; asked whenever nothing is on its way. */
  room(): number;
  onMessage(message: Msg): void;
  /** The consumer does not answer any more; the feed has stopped. */
  onLost(reason: string): void;
}

const STATUS_IDLE_HEARTBEAT = 100;
/** A request that ended because its time was up or it was filled in part: nothing is wrong. */
const STATUS_EXPIRED = new Set([404, 408]);

/** Pulls from a durable consumer, one request at a time, each for as much as there is room for. */
export class PullFeed {
  readonly #options: PullFeedOptions;
  readonly #inbox: string;
  readonly #subscription;
  readonly #watchdog: NodeJS.Timeout;
  #awaited = 0;
  #heardAtMs = performance.now();
  #stopped = false;

  constructor(options: PullFeedOptions) {
    this.#options = options;
    this.#inbox = createInbox();
    this.#subscription = options.connection.subscribe(this.#inbox, {
      callback: (error, message) => {
        if (error === null) this.#take(message);
        else this.#lose(error.message);
      },
    });
    this.#watchdog = setInterval(() => {
      if (this.#awaited > 0 && performance.now() - this.#heardAtMs > SILENCE_MS) this.#lose('JetStream went silent');
    }, HEARTBEAT_MS);
    this.pull();
  }

  /** Asks for more when nothing is on its way and there is room. */
  pull(): void {
    const batch = this.#options.room();
    if (this.#stopped || this.#awaited > 0 || batch <= 0) return;
    this.#awaited = batch;
    this.#heardAtMs = performance.now();
    const request = { batch, expires: nanos(EXPIRES_MS), idle_heartbeat: nanos(HEARTBEAT_MS) };
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${METRICS_STREAM}.${this.#options.durable}`;
    this.#options.connection.publish(subject, JSON.stringify(request), { reply: this.#inbox });
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#watchdog);
    if (!this.#options.connection.isClosed()) this.#subscription.unsubscribe();
  }

  #take(message: Msg): void {
    if (this.#stopped) return;
    this.#heardAtMs = performance.now();
    const code = message.headers?.code ?? 0;
    if (code === 0) {
      this.#awaited--;
      this.#options.onMessage(message);
    } else if (STATUS_EXPIRED.has(code)) {
      this.#awaited = 0;
    } else if (code !== STATUS_IDLE_HEARTBEAT) {
      this.#lose(message.headers?.description ?? `status ${code}`);
    }
    this.pull();
  }

  #lose(reason: string): void {
    if (this.#stopped) return;
    this.stop();
    this.#options.onLost(reason);
  }
}
