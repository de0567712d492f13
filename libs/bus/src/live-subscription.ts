import type { Msg, NatsConnection, Subscription as NatsSubscription } from 'nats';
import type { Subscription } from './bus.ts';
import type { Decoded } from './decode.ts';
import type { InvalidMessages } from './invalid-messages.ts';
import type { NatsLink } from './link.ts';
import type { BusLog } from './log.ts';

export interface LiveSubscriptionOptions<T> {
  subject: string;
  /** Subscribers of one queue share the messages. */
  queue?: string | undefined;
  decode(subject: string, payload: Uint8Array): Decoded<T>;
  handle(value: T, subject: string): void;
}

export interface LiveSubscriptionDependencies {
  link: NatsLink;
  invalid: InvalidMessages;
  log: BusLog;
}

/** A plain subscription that is made again on every connection. What its handler throws stops nothing. */
export class LiveSubscription<T> implements Subscription {
  readonly #options: LiveSubscriptionOptions<T>;
  readonly #invalid: InvalidMessages;
  readonly #log: BusLog;
  readonly #removeListener: () => void;
  #current: NatsSubscription | null = null;
  #isFailing = false;

  constructor(options: LiveSubscriptionOptions<T>, { link, invalid, log }: LiveSubscriptionDependencies) {
    this.#options = options;
    this.#invalid = invalid;
    this.#log = log;
    this.#removeListener = link.onConnection((connection) => this.#subscribe(connection));
  }

  stop(): Promise<void> {
    this.#removeListener();
    if (this.#current?.isClosed() === false) this.#current.unsubscribe();
    return Promise.resolve();
  }

  #subscribe(connection: NatsConnection): void {
    const { subject, queue } = this.#options;
    this.#current = connection.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error === null) this.#take(message);
      },
    });
  }

  #take({ subject, data }: Msg): void {
    const decoded = this.#options.decode(subject, data);
    if (!decoded.ok) {
      this.#invalid.add({ subject, reason: decoded.reason, payload: data });
      return;
    }
    try {
      this.#options.handle(decoded.value, subject);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#log.error({ err: error, subject }, 'a subscriber failed on a message');
      this.#isFailing = true;
    }
  }
}
