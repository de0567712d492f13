import type { Bus, Subscription } from '@perfwatch/bus';
import { Transporters } from 'moleculer';

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

  override send(subject: string, payload: Buffer): Promise<void> {
    this.#bus.publishBytes(subject, payload);
    return Promise.resolve();
  }
}
