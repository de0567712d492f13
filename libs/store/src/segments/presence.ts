import { listOf } from './json.ts';
import { SegmentError } from './segment-error.ts';

export const ABSENT = 0;
export const NULL = 1;
export const NUMBER = 2;

/** What `rankAt` gives for null, and for nothing at all. */
export const NULL_VALUE = -1;
export const NO_VALUE = -2;

type Run = [state: number, count: number];

const FIRST_RUNS = 4;

/** In which Samples of a segment something is absent, null or a number: runs of Samples that are alike. */
export class Presence {
  #states = new Uint8Array(FIRST_RUNS);
  #lengths = new Uint32Array(FIRST_RUNS);
  #runCount = 0;
  #length = 0;
  /** Where the last search ended: the Sample, its answer, and the run with where it begins and how many numbers come before it. */
  #found = { at: -1, rank: NO_VALUE, run: 0, from: 0, numbers: 0 };

  /** A number in each of `length` Samples. */
  static always(length: number): Presence {
    const presence = new Presence();
    if (length > 0) presence.push(NUMBER, length);
    return presence;
  }

  /** How many Samples it tells of. */
  get length(): number {
    return this.#length;
  }

  push(state: number, count = 1): void {
    const last = this.#runCount - 1;
    if (last < 0 || this.#states[last] !== state) this.#begin(state, count);
    else this.#lengths[last] = (this.#lengths[last] ?? 0) + count;
    this.#length += count;
  }

  get numberCount(): number {
    let count = 0;
    for (let run = 0; run < this.#runCount; run += 1) if (this.#states[run] === NUMBER) count += this.#lengths[run] ?? 0;
    return count;
  }

  /** Whether there is a number in every Sample. */
  get isAlways(): boolean {
    return this.#runCount === 1 && this.#states[0] === NUMBER;
  }

  /** What there is in each Sample. */
  states(): Uint8Array {
    const states = new Uint8Array(this.#length);
    this.forEachRun((state, from, to) => states.fill(state, from, to));
    return states;
  }

  /** Which of the numbers is that of Sample `at`; NULL_VALUE or NO_VALUE where there is none. Quick when `at` rises from call to call. */
  rankAt(at: number): number {
    const found = this.#found;
    if (found.at === at) return found.rank;
    if (at < found.from) Object.assign(found, { run: 0, from: 0, numbers: 0 });
    for (let length = this.#lengths[found.run] ?? 0; at >= found.from + length; length = this.#lengths[found.run] ?? 0) {
      if (this.#states[found.run] === NUMBER) found.numbers += length;
      found.from += length;
      found.run += 1;
      if (found.run >= this.#runCount) return NO_VALUE;
    }
    const state = this.#states[found.run];
    found.at = at;
    found.rank = state === NUMBER ? found.numbers + at - found.from : state === NULL ? NULL_VALUE : NO_VALUE;
    return found.rank;
  }

  forEachRun(visit: (state: number, from: number, to: number) => void): void {
    let from = 0;
    for (let run = 0; run < this.#runCount; run += 1) {
      const to = from + (this.#lengths[run] ?? 0);
      visit(this.#states[run] ?? ABSENT, from, to);
      from = to;
    }
  }

  /** Two that are the same have the same key. */
  key(): string {
    let key = '';
    for (let run = 0; run < this.#runCount; run += 1) key += `${this.#states[run] ?? 0}x${this.#lengths[run] ?? 0} `;
    return key;
  }

  /** Of each run what there is in it, and how many Samples it goes on for. */
  toRuns(): Run[] {
    const runs: Run[] = [];
    this.forEachRun((state, from, to) => runs.push([state, to - from]));
    return runs;
  }

  /** From what toRuns gave. Throws SegmentError where that is anything else, or tells of more than `maxLength` Samples. */
  static of(json: unknown, maxLength: number): Presence {
    const presence = new Presence();
    for (const run of listOf(json)) {
      const [state, count] = listOf(run);
      if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > maxLength - presence.length) {
        throw new SegmentError('its runs of rows are damaged');
      }
      if (state !== ABSENT && state !== NULL && state !== NUMBER) throw new SegmentError('it says of rows what nothing can be');
      presence.push(state, count);
    }
    return presence;
  }

  #begin(state: number, count: number): void {
    if (this.#runCount === this.#states.length) {
      const [states, lengths] = [this.#states, this.#lengths];
      this.#states = new Uint8Array(2 * states.length);
      this.#states.set(states);
      this.#lengths = new Uint32Array(2 * lengths.length);
      this.#lengths.set(lengths);
    }
    this.#states[this.#runCount] = state;
    this.#lengths[this.#runCount] = count;
    this.#runCount += 1;
  }
}

/** Numbers one after another, put where they belong; NaN everywhere else. */
export function spread(numbers: Float64Array, presence: Presence): Float64Array {
  const values = new Float64Array(presence.length).fill(Number.NaN);
  let at = 0;
  presence.forEachRun((state, from, to) => {
    if (state !== NUMBER) return;
    values.set(numbers.subarray(at, at + to - from), from);
    at += to - from;
  });
  return values;
}

/** The values where `presence` has numbers, one after another. */
export function pick(values: Float64Array, presence: Presence): Float64Array {
  const numbers = new Float64Array(presence.numberCount);
  let at = 0;
  presence.forEachRun((state, from, to) => {
    if (state !== NUMBER) return;
    numbers.set(values.subarray(from, to), at);
    at += to - from;
  });
  return numbers;
}
