import { setImmediate as nextTurn } from 'node:timers/promises';

/** TCP sockets by state; null for a state that was not counted. */
export interface SocketStateCounts {
  readonly listen: number;
  readonly closeWait: number;
  readonly established: number | null;
  readonly timeWait: number | null;
}

/** What a count of all sockets gave. */
export interface SocketCount {
  readonly states: SocketStateCounts | null;
  /** Why there are none, or null. */
  readonly fault: string | null;
}

export interface SocketStatesOptions {
  /** Counts all sockets, a part of them with each step. */
  readonly count: () => Generator<undefined, SocketCount>;
  readonly nowMs: () => number;
}

/** Share of one core that counting may take: 0.3 ms each second, a twentieth of what all collectors take. */
const CORE_SHARE = 0.0003;
/** However much it costs, a count is no older than this and the time it took: at 100,000 sockets /proc/net/tcp takes 0.24 % of a core. */
export const MAX_AGE_MS = 60_000;
/** Steps between two turns of the event loop. One takes 40 microseconds where there are many. */
const STEPS_PER_TURN = 24;

/**
 * Sockets by state, counted beside the ticks at a pace that its own cost sets: every other second where there are few; of 100,000 sockets
 * every 20 s through NETLINK_SOCK_DIAG, once a minute from /proc/net/tcp. A tick takes the last count and waits for none.
 */
export class SocketStates {
  readonly #options: SocketStatesOptions;
  #last: SocketCount | null = null;
  #dueMs = -Infinity;
  #isCounting = false;
  #isClosed = false;

  constructor(options: SocketStatesOptions) {
    this.#options = options;
  }

  /** The last count. Null until the first is done. */
  get last(): SocketCount | null {
    return this.#last;
  }

  /** Something shows that the last count is no longer true: it is forgotten, and another begins with the next tick unless one is under way. */
  forget(): void {
    this.#last = null;
    if (!this.#isCounting) this.#dueMs = -Infinity;
  }

  /** To be called with each tick: begins a count when one is due. The first begins at once, so that a small machine has it from the start. */
  tick(): void {
    if (this.#isCounting || this.#options.nowMs() < this.#dueMs) return;
    this.#isCounting = true;
    void this.#count();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #count(): Promise<void> {
    if (this.#last !== null) await nextTurn();
    const { count, nowMs } = this.#options;
    const beganMs = nowMs();
    const steps = count();
    let costMs = 0;
    while (!this.#isClosed) {
      const turnMs = nowMs();
      const done = this.#takeSteps(steps);
      costMs += nowMs() - turnMs;
      if (done !== null) {
        this.#last = done;
        break;
      }
      await nextTurn();
    }
    // Closes the file where the count was given up.
    steps.return({ states: null, fault: null });
    this.#dueMs = beganMs + Math.min(costMs / CORE_SHARE, MAX_AGE_MS);
    this.#isCounting = false;
  }

  #takeSteps(steps: Generator<undefined, SocketCount>): SocketCount | null {
    try {
      for (let step = 0; step < STEPS_PER_TURN; step += 1) {
        const { done, value } = steps.next();
        if (done === true) return value;
      }
      return null;
    } catch (error) {
      // No tick waits for the count, so nothing else would report it.
      return { states: null, fault: error instanceof Error ? error.message : String(error) };
    }
  }
}
