import type { Queryable } from '@perfwatch/store';
import type { Deadline } from './deadline.ts';

/** The connection that a request reads with, until its deadline. */
export class TimedReads {
  readonly #connection: Queryable;
  readonly deadline: Deadline;

  constructor(connection: Queryable, deadline: Deadline) {
    this.#connection = connection;
    this.deadline = deadline;
  }

  /** Statements of the request. Throws PerfwatchError('unavailable') when the time is over. */
  async run<T>(work: (connection: Queryable) => Promise<T>): Promise<T> {
    this.deadline.check();
    return work(this.#connection);
  }
}
