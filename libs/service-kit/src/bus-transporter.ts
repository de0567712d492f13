import type { Bus, Subscription } from '@perfwatch/bus';
import { PerfwatchError } from '@perfwatch/contract';
import { Transporters } from 'moleculer';
import { errorReply } from './action-reply.ts';

/** Moleculer's name of an answer to a request. */
const RESPONSE = 'RES';

type Packet = Parameters<Transporters.Base['publish']>[0];

/**
 * Moleculer over the bus's own NATS connection. Its NATS transporter would open a second one, would hold the broker's start until NATS is
 * there, and would not announce this node again after NATS was away.
 */
export class BusTransporter extends Transporters.Base {
  readonly #bus: Bus;
  readonly #subscriptions: Subscription[] = [];
  #removeListener: (() => void) | null = null;

  constructor(bus: Bus) {
    super({});
    this.#bus = bus;
  }

  /** Counts as connected from the start, so that services of this process reach one another while NATS is away. */
  override async connect(): Promise<void> {
    this.#removeListener = this.#bus.onState(({ connected }) => {
      if (connected) void this.onConnected(true);
    });
    await this.onConnected(false);
  }

  override async disconnect(): Promise<void> {
    this.#removeListener?.();
    await Promise.all(this.#subscriptions.splice(0).map((subscription) => subscription.stop()));
  }

  override subscribe(command: string, nodeId?: string): Promise<void> {
    const subject = this.getTopicName(command, nodeId);
    this.#subscriptions.push(this.#bus.subscribeBytes(subject, (payload) => void this.receive(command, Buffer.from(payload))));
    return Promise.resolve();
  }

  /** Never called: Moleculer balances by itself unless a transporter says that it can. */
  override subscribeBalancedRequest(): Promise<void> {
    return Promise.resolve();
  }
  override subscribeBalancedEvent(): Promise<void> {
    return Promise.resolve();
  }

  /** NATS carries no more than a certain size: a larger answer becomes an error, so that nobody waits for it; anything else is refused here. */
  override send(subject: string, payload: Buffer, { packet }: { packet?: Packet }): Promise<void> {
    const largest = this.#bus.maxMessageBytes();
    if (payload.byteLength <= largest) {
      this.#bus.publishBytes(subject, payload);
      return Promise.resolve();
    }
    const size = `${payload.byteLength} bytes, more than NATS takes at once (${largest})`;
    if (packet?.type !== RESPONSE) return Promise.reject(new PerfwatchError('bad_input', `The request has ${size}`));
    const error = new PerfwatchError('unavailable', `The answer has ${size}`, { hint: 'Ask for less at once.' });
    const answer: { payload: object } = packet;
    answer.payload = { ...answer.payload, data: errorReply(error) };
    return this.publish(packet);
  }
}
