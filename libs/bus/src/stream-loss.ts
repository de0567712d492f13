/** State of the stream and of the durable consumer; the stream is read first, so that what is delivered meanwhile is no gap. */
export interface StreamReading {
  /** Of the oldest message that the stream still has. */
  firstSeq: number;
  /** Of the newest message that was ever delivered. */
  deliveredSeq: number;
  /** How often messages were delivered, every replica and repetition counted. */
  deliveries: number;
  /** Whether the stream is as full or as old as it may get: only then does it drop what nobody has taken. */
  isAtBound: boolean;
}

/**
 * Counts what the stream dropped before anyone had taken it. Sequences that were passed over without a delivery were dropped while others
 * behind them were delivered; those between the newest delivered and the oldest there is are dropped now. Sequences are the server's, so
 * every replica counts the same. Repeated deliveries to other replicas make it count too little, never too much.
 */
export class StreamLoss {
  #before: StreamReading | null = null;
  /** Where the count of this stretch at the bound began. */
  #base: StreamReading | null = null;
  #repeated = 0;
  #counted = 0;
  #ofStretch = 0;

  get dropped(): number {
    return this.#counted + this.#ofStretch;
  }

  get isAtBound(): boolean {
    return this.#before?.isAtBound === true;
  }

  /** A message was delivered here that had been delivered before. */
  noteRepeated(): void {
    this.#repeated += 1;
  }

  observe(reading: StreamReading): void {
    const before = this.#before;
    this.#before = reading;
    const isOther = before !== null && (reading.deliveredSeq < before.deliveredSeq || reading.deliveries < before.deliveries);
    if (this.#base === null || isOther) this.#startAt(reading);
    const isStretch = reading.isAtBound || (before?.isAtBound === true && !isOther);
    if (isStretch) this.#ofStretch = Math.max(this.#ofStretch, this.#passedOver(reading) + gapIn(reading));
    else this.#startAt(reading);
  }

  #passedOver({ deliveredSeq, deliveries }: StreamReading): number {
    if (this.#base === null) return 0;
    return Math.max(0, deliveredSeq - this.#base.deliveredSeq - (deliveries - this.#base.deliveries) + this.#repeated);
  }

  #startAt(reading: StreamReading): void {
    this.#counted += this.#ofStretch;
    this.#ofStretch = 0;
    this.#repeated = 0;
    this.#base = reading;
  }
}

function gapIn({ firstSeq, deliveredSeq }: StreamReading): number {
  return Math.max(0, firstSeq - 1 - deliveredSeq);
}
