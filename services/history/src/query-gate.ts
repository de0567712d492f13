import { PerfwatchError } from '@perfwatch/contract';
import { Deadline, DEADLINE_MS } from './reading/deadline.ts';
import { EventLoopTurns } from './reading/event-loop-turns.ts';

interface Waiting {
  enter: () => void;
}

export interface GateLimits {
  running: number;
  waiting: number;
  /** From when it was asked for; default 15 s. */
  deadlineMs?: number;
}

/**
 * At most `running` pieces of work at once, so that impatient readers leave connections to those who write; the others wait in turn, no
 * longer than the deadline. In the event loop all of them together get one slice in each of its turns.
 * Throws PerfwatchError('unavailable') when `waiting` of them do already.
 */
export class QueryGate {
  readonly #limits: Required<GateLimits>;
  readonly #turns = new EventLoopTurns();
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(limits: GateLimits) {
    this.#limits = { deadlineMs: DEADLINE_MS, ...limits };
  }

  async run<T>(work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = new Deadline({ lengthMs: this.#limits.deadlineMs, turns: this.#turns });
    if (this.#running >= this.#limits.running) await this.#turn(deadline);
    else this.#running += 1;
    try {
      return await work(deadline);
    } finally {
      const next = this.#waiting.shift();
      // The turn passes on as it is: nobody who comes in between can take it.
      if (next === undefined) this.#running -= 1;
      else next.enter();
    }
  }

  #turn(deadline: Deadline): Promise<void> {
    if (this.#waiting.length >= this.#limits.waiting) {
      throw new PerfwatchError('unavailable', 'Too many history queries wait already', {
        hint: 'Try again in a moment.',
        retryAfterSeconds: 2,
      });
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(deadline.exceeded());
      }, deadline.leftMs);
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const waiting = { enter };
      this.#waiting.push(waiting);
    });
  }
}
