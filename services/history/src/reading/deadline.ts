import { PerfwatchError } from '@perfwatch/contract';
import { EventLoopTurns } from './event-loop-turns.ts';

/** Longest that one page of an answer may take. Shorter than what lies between sealing a hot row and dropping it. */
export const DEADLINE_MS = 15_000;
/** How long work may hold the event loop: those who store Samples may run in the same process. */
const SLICE_MS = 8;
/** Less than that is not worth a statement. */
const SHORTEST_STATEMENT_MS = 100;

/** When a piece of work has to be done, and when it has to let others have the event loop. */
export class Deadline {
  readonly #lengthMs: number;
  readonly #turns: EventLoopTurns;
  readonly #endMs: number;
  #sliceEndMs: number;

  /** Begins now. Work that shares a process shares its turns. */
  constructor({ lengthMs = DEADLINE_MS, turns = new EventLoopTurns() }: { lengthMs?: number; turns?: EventLoopTurns } = {}) {
    const nowMs = performance.now();
    this.#lengthMs = lengthMs;
    this.#turns = turns;
    this.#endMs = nowMs + lengthMs;
    this.#sliceEndMs = nowMs + SLICE_MS;
  }

  get leftMs(): number {
    return Math.max(0, this.#endMs - performance.now());
  }

  /** How long the next statement may take. Throws PerfwatchError('unavailable') when there is no time left. */
  statementMs(): number {
    this.check();
    return Math.max(SHORTEST_STATEMENT_MS, Math.ceil(this.leftMs));
  }

  /** Whether it is time to `pause`: cheap enough to ask between any two pieces of work. */
  get isSliceOver(): boolean {
    return performance.now() >= this.#sliceEndMs;
  }

  /** Lets everybody else run, then begins a new slice. Throws as `statementMs` does. */
  async pause(): Promise<void> {
    this.check();
    await this.#turns.next();
    this.#sliceEndMs = performance.now() + SLICE_MS;
  }

  /** Throws PerfwatchError('unavailable') when there is no time left. */
  check(): void {
    if (performance.now() > this.#endMs) throw this.exceeded();
  }

  /** What to throw when the time is over. */
  exceeded(cause?: unknown): PerfwatchError {
    return new PerfwatchError('unavailable', `The query took longer than ${this.#lengthMs / 1000} s`, {
      hint: 'Ask for a shorter range, a coarser interval or fewer fields, or try again when less is going on.',
      retryAfterSeconds: 2,
      cause,
    });
  }
}
