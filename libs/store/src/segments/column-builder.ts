import { ABSENT, NULL, NUMBER, Presence } from './presence.ts';

const FIRST_VALUES = 64;

/** The values of one path while Samples are added: its numbers, one after another, and which Samples have one. */
export class ColumnBuilder {
  readonly presence = new Presence();
  #numbers = new Float64Array(FIRST_VALUES);
  #count = 0;
  /** So many Samples are told of; the last `#tail` of them have numbers that `presence` does not know of yet. */
  #end = 0;
  #tail = 0;

  get numbers(): Float64Array {
    return this.#numbers.subarray(0, this.#count);
  }

  /** The number of Sample `at`; NaN stands for null. Samples come in ascending order. */
  put(at: number, value: number): void {
    if (value !== value || at !== this.#end) {
      this.#putOther(at, value);
      return;
    }
    if (this.#count === this.#numbers.length) this.#grow();
    this.#numbers[this.#count] = value;
    this.#count += 1;
    this.#tail += 1;
    this.#end = at + 1;
  }

  /** Brings `presence` up to date, to tell of `length` Samples. */
  finish(length: number): void {
    this.#settle();
    if (length > this.#end) this.presence.push(ABSENT, length - this.#end);
    this.#end = length;
  }

  #putOther(at: number, value: number): void {
    this.finish(at);
    if (Number.isNaN(value)) {
      this.presence.push(NULL);
      this.#end = at + 1;
    } else this.put(at, value);
  }

  #settle(): void {
    if (this.#tail > 0) this.presence.push(NUMBER, this.#tail);
    this.#tail = 0;
  }

  #grow(): void {
    const grown = new Float64Array(2 * this.#numbers.length);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}
