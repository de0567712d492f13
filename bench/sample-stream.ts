import { natsOptions } from '@perfwatch/bus';
import { subjects, type Sample } from '@perfwatch/contract';
import { connect, createInbox, type NatsConnection } from 'nats';

/** Samples on their way to JetStream at once. */
const WINDOW = 2000;

/** A plain NATS client that publishes Samples on the public subjects as fast as JetStream takes them. */
export class SampleStream {
  readonly #connection: NatsConnection;
  readonly #inbox = createInbox();
  #onRoom: (() => void) | null = null;
  #outstanding = 0;
  #refusal: string | null = null;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
    connection.subscribe(this.#inbox, {
      callback: (_error, message) => {
        const answer = message.string();
        if (!answer.includes('"stream"')) this.#refusal ??= answer || 'nobody takes Samples';
        this.#outstanding -= 1;
        if (this.#outstanding <= WINDOW / 2) this.#onRoom?.();
      },
    });
  }

  static async open(natsUrl: string): Promise<SampleStream> {
    return new SampleStream(await connect(natsOptions({ servers: natsUrl, name: 'bench' })));
  }

  /** Resolves when there is room for another; throws when JetStream refused one. */
  async publish(sample: Sample): Promise<void> {
    this.#connection.publish(subjects.metrics(sample.host, sample.collector), JSON.stringify(sample), { reply: this.#inbox });
    this.#outstanding += 1;
    if (this.#outstanding >= WINDOW) await this.#untilAtMost(WINDOW / 2);
  }

  /** Resolves when JetStream has taken all. */
  async taken(): Promise<void> {
    await this.#untilAtMost(0);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #untilAtMost(count: number): Promise<void> {
    while (this.#outstanding > count) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 50);
        this.#onRoom = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    if (this.#refusal !== null) throw new Error(`JetStream refused a Sample: ${this.#refusal}`);
  }
}
