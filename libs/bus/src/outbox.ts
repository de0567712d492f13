/** A Sample on its way to JetStream. */
export interface OutgoingSample {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** JetStream stores an id once within its duplicate window. */
  readonly messageId: string;
}

/** What JetStream answered: it has the message, or why not. */
export type Acknowledgement = { stored: true } | { stored: false; reason: string };

export interface OutboxOptions {
  /** Oldest a queued Sample may get. */
  maxAgeMs: number;
  maxBytes: number;
  /** Most Samples sent and not yet acknowledged while a backlog is worked off. */
  window: number;
  ackTimeoutMs: number;
  /** Monotonic milliseconds. */
  now(): number;
  /** Hands a Sample to NATS; false while it is away. The answer comes back through `acknowledge(id, ...)`. */
  send(id: number, sample: OutgoingSample): boolean;
  onDrop(sample: OutgoingSample): void;
  /** Why JetStream does not take Samples; null when it does again. Called at a change only. */
  onTrouble(reason: string | null): void;
}

interface Entry {
  readonly sample: OutgoingSample;
  readonly queuedAtMs: number;
  /** Null: not on its way. */
  sentAtMs: number | null;
  /** When it was sent last, counted over all Samples. */
  sendOrder: number;
}

/**
 * Keeps Samples until JetStream has them. A new Sample is sent at once, so that live subscribers see it whatever JetStream does;
 * what was refused or lost is sent again, oldest first, when an acknowledgement shows that JetStream is back.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  /** In the order of their ids, which is the order they came in. */
  readonly #entries = new Map<number, Entry>();
  #nextId = 0;
  #bytes = 0;
  #inFlight = 0;
  #sends = 0;
  #trouble: string | null = null;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(sample: OutgoingSample): void {
    const id = this.#nextId++;
    const entry: Entry = { sample, queuedAtMs: this.#options.now(), sentAtMs: null, sendOrder: 0 };
    this.#entries.set(id, entry);
    this.#bytes += sample.payload.byteLength;
    this.#dropOldest(entry.queuedAtMs);
    const hasBacklog = this.#trouble === null && this.#entries.size - this.#inFlight > 1;
    if (hasBacklog) this.#sendBacklog();
    else if (this.#entries.has(id)) this.#send(id, entry);
  }

  /** A new connection: whatever the last one had not acknowledged is sent again. */
  connected(): void {
    for (const entry of this.#entries.values()) entry.sentAtMs = null;
    this.#inFlight = 0;
    this.#sendBacklog();
  }

  acknowledge(id: number, answer: Acknowledgement): void {
    const entry = this.#entries.get(id);
    if (!answer.stored) {
      if (entry !== undefined) this.#takeBack(entry);
      this.#setTrouble(answer.reason);
      return;
    }
    if (entry !== undefined) {
      this.#takeBackSentBefore(id, entry);
      this.#remove(id, entry);
    }
    this.#setTrouble(null);
    if (this.#inFlight <= this.#options.window / 2) this.#sendBacklog();
  }

  /** Call every now and then: notices answers that never came, and tries the oldest Sample while there is trouble. */
  checkTimeouts(): void {
    const nowMs = this.#options.now();
    for (const entry of this.#entries.values()) {
      if (entry.sentAtMs === null || nowMs - entry.sentAtMs < this.#options.ackTimeoutMs) continue;
      this.#takeBack(entry);
      this.#setTrouble(`JetStream did not acknowledge within ${this.#options.ackTimeoutMs} ms`);
    }
    this.#dropOldest(nowMs);
    if (this.#trouble === null) this.#sendBacklog();
    else if (this.#inFlight === 0) this.#sendOldest();
  }

  #sendOldest(): void {
    for (const [id, entry] of this.#entries) {
      this.#send(id, entry);
      return;
    }
  }

  #sendBacklog(): void {
    if (this.#entries.size === this.#inFlight) return;
    for (const [id, entry] of this.#entries) {
      if (this.#inFlight >= this.#options.window) return;
      if (entry.sentAtMs === null && !this.#send(id, entry)) return;
    }
  }

  #send(id: number, entry: Entry): boolean {
    if (!this.#options.send(id, entry.sample)) return false;
    entry.sentAtMs = this.#options.now();
    entry.sendOrder = this.#sends++;
    this.#inFlight++;
    return true;
  }

  /**
   * JetStream answers in the order of arrival, so what was sent before an acknowledged Sample and has no answer never arrived: there was
   * no stream yet, and a live subscriber kept NATS from saying so.
   */
  #takeBackSentBefore(id: number, { sendOrder }: Entry): void {
    for (const [otherId, other] of this.#entries) {
      if (otherId === id) return;
      if (other.sendOrder < sendOrder) this.#takeBack(other);
    }
  }

  #takeBack(entry: Entry): void {
    if (entry.sentAtMs === null) return;
    entry.sentAtMs = null;
    this.#inFlight--;
  }

  #remove(id: number, entry: Entry): void {
    this.#takeBack(entry);
    this.#entries.delete(id);
    this.#bytes -= entry.sample.payload.byteLength;
  }

  #dropOldest(nowMs: number): void {
    const { maxAgeMs, maxBytes } = this.#options;
    for (const [id, entry] of this.#entries) {
      if (this.#bytes <= maxBytes && nowMs - entry.queuedAtMs <= maxAgeMs) return;
      this.#remove(id, entry);
      this.#options.onDrop(entry.sample);
    }
  }

  #setTrouble(reason: string | null): void {
    if (reason === this.#trouble) return;
    this.#trouble = reason;
    this.#options.onTrouble(reason);
  }
}
