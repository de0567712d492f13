import { PerfwatchError } from '@perfwatch/contract';

/**
 * At most `running` pieces of work at once, so that impatient readers leave connections to those who write; the others wait in turn.
 * Throws PerfwatchError('unavailable') when `waiting` of them do already.
 */
export class QueryGate {
  readonly #limits: { running: number; waiting: number };
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: { running: number; waiting: number }) {
    this.#limits = limits;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limits.running) await this.#turn();
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The turn passes on as it is: nobody who comes in between can take it.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#limits.waiting) {
      throw new PerfwatchError('unavailable', 'Too many history queries wait already', {
        hint: 'Try again in a moment.',
        retryAfterSeconds: 2,
      });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
