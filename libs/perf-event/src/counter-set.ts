import { emptyReading, groupReadingWords, parseGroupReading, type RawReading } from './group-reading.ts';
import type { PerfKernel } from './perf-kernel.ts';

/** What a set counted since its previous reading. */
export interface SetIncrease {
  /** Nanoseconds that it was enabled, and nanoseconds of these that it was counting. */
  enabledNs: number;
  runningNs: number;
  /** By event, in the order of `events`, scaled up to the time enabled. Null when it was not counting at all. */
  counts: readonly number[] | null;
}

/** An event that the kernel has opened, and enabled. */
export interface OpenedEvent {
  readonly name: string;
  readonly fd: number;
}

/** `increase` of a counter that ran for a part of the time, as if it had run for all of it. */
function scaled(increase: bigint, enabledNs: bigint, runningNs: bigint): number {
  return Number(runningNs >= enabledNs ? increase : (increase * enabledNs) / runningNs);
}

/**
 * Events on one CPU that count during the same moments and are read by one system call: figures of one set may be divided by one another.
 * The first of `opened` is the leader.
 */
export class CounterSet {
  /** Names in the order of a reading's counts. */
  readonly events: readonly string[];
  readonly #kernel: PerfKernel;
  readonly #fds: readonly number[];
  readonly #ids: readonly (bigint | null)[];
  readonly #words: BigUint64Array;
  readonly #counts: number[];
  readonly #increase: SetIncrease = { enabledNs: 0, runningNs: 0, counts: null };
  #reading: RawReading;
  #previous: RawReading;
  #hasPrevious = false;
  #isOpen = true;

  constructor(kernel: PerfKernel, opened: readonly OpenedEvent[]) {
    this.events = opened.map(({ name }) => name);
    this.#kernel = kernel;
    this.#fds = opened.map(({ fd }) => fd);
    this.#ids = this.#fds.map((fd) => kernel.id(fd));
    this.#words = new BigUint64Array(groupReadingWords(opened.length));
    this.#counts = Array<number>(opened.length).fill(0);
    this.#reading = emptyReading(opened.length);
    this.#previous = emptyReading(opened.length);
    this.read();
  }

  /**
   * What was counted since the previous reading, or since the set was made. Null where the kernel gives no reading of it (its CPU went offline), at the first reading
   * after that, after a counter fell, and when closed. The object belongs to the set and is filled anew by the next reading.
   */
  read(): SetIncrease | null {
    if (!this.#isOpen) return null;
    const length = this.#kernel.read(this.#leader, this.#words);
    const isRead = parseGroupReading(this.#words, length, { ids: this.#ids, into: this.#reading });
    const isIncrease = isRead && this.#hasPrevious && this.#subtract();
    this.#hasPrevious = isRead;
    [this.#reading, this.#previous] = [this.#previous, this.#reading];
    return isIncrease ? this.#increase : null;
  }

  /** Closes every descriptor; may be called again. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const fd of this.#fds.toReversed()) this.#kernel.close(fd);
  }

  get #leader(): number {
    return this.#fds[0] ?? -1;
  }

  /** Fills the increase; false where something fell. */
  #subtract(): boolean {
    const enabledNs = this.#reading.enabledNs - this.#previous.enabledNs;
    const runningNs = this.#reading.runningNs - this.#previous.runningNs;
    if (enabledNs < 0n || runningNs < 0n) return false;
    for (let index = 0; index < this.#counts.length; index += 1) {
      const increase = (this.#reading.values[index] ?? 0n) - (this.#previous.values[index] ?? 0n);
      if (increase < 0n) return false;
      if (runningNs > 0n) this.#counts[index] = scaled(increase, enabledNs, runningNs);
    }
    this.#increase.enabledNs = Number(enabledNs);
    this.#increase.runningNs = Number(runningNs);
    this.#increase.counts = runningNs > 0n ? this.#counts : null;
    return true;
  }
}
