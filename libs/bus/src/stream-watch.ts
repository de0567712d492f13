import type { NatsConnection } from 'nats';
import type { BusLog } from './log.ts';
import { StreamLoss } from './stream-loss.ts';
import { readStream } from './stream.ts';

const CHECK_EVERY_MS = 2000;
/** Fewer waiting messages are no backlog: the stream has room for a hundred thousand at least. */
const BACKLOG = 1000;

/** Samples that the stream dropped, oldest first, before they could be stored. */
export interface DroppedByStream {
  /** Since this process began to consume, and before it as far as the stream still showed it then. */
  count: number;
  /** When the last of them were noticed, on the wall clock. */
  lastAtMs: number;
}

export interface StreamWatchOptions {
  durable: string;
  /** The live connection; null while NATS is away. */
  connection: () => NatsConnection | null;
  log: BusLog;
}

/** Notices what the stream drops at its bound. Asks JetStream at the start and then only while something is wrong: batches fail, or many messages wait. */
export class StreamWatch {
  readonly #options: StreamWatchOptions;
  readonly #loss = new StreamLoss();
  #timer: NodeJS.Timeout | null = null;
  #isChecking = false;
  #isTroubled = false;
  #dropped: DroppedByStream | null = null;
  #isDropping = false;

  constructor(options: StreamWatchOptions) {
    this.#options = options;
  }

  /** Null: none. */
  get dropped(): DroppedByStream | null {
    return this.#dropped;
  }

  /** A message arrived. */
  noteDelivery({ deliveries, pending }: { deliveries: number; pending: number }): void {
    if (deliveries > 1) this.#loss.noteRepeated();
    if (pending >= BACKLOG) this.#watch();
  }

  /** Whether batches fail now. */
  noteTrouble(isTroubled: boolean): void {
    this.#isTroubled = isTroubled;
    if (isTroubled) this.#watch();
  }

  /** Looks once, and goes on for as long as the stream is at its bound. Never rejects: what cannot be read is read the next time. */
  async check(): Promise<void> {
    const { connection, durable } = this.#options;
    const current = connection();
    if (this.#isChecking || current === null) return;
    this.#isChecking = true;
    try {
      this.#loss.observe(await readStream(current, durable));
      this.#tell();
      if (this.#loss.isAtBound) this.#watch();
      else if (!this.#isTroubled) this.stop();
    } catch {
      // Stream, consumer or NATS are away, which the consumer logs.
    } finally {
      this.#isChecking = false;
    }
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #watch(): void {
    if (this.#timer !== null) return;
    this.#timer = setInterval(() => void this.check(), CHECK_EVERY_MS);
    this.#timer.unref();
    void this.check();
  }

  #tell(): void {
    const { durable, log } = this.#options;
    const count = this.#loss.dropped;
    const isMore = count > (this.#dropped?.count ?? 0);
    if (isMore) this.#dropped = { count, lastAtMs: Date.now() };
    if (isMore && !this.#isDropping) {
      log.error({ durable, droppedSamples: count }, 'the stream is full and drops its oldest Samples before they are stored');
      this.#isDropping = true;
    } else if (this.#isDropping && !this.#loss.isAtBound) {
      log.warn({ durable, droppedSamples: count }, 'the stream has room again; what it dropped is lost');
      this.#isDropping = false;
    }
  }
}
