import { PerfwatchError } from '@perfwatch/contract';

const RETRY_AFTER_SECONDS = 2;

export interface WorkGate {
  /** Runs `work` when its turn comes. Throws PerfwatchError('too_many_requests') at once when too much is waiting already. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Lets `maxRunning` pieces of work run at a time, in order of arrival, and `maxWaiting` more wait: a flood of log-ins cannot take every thread. */
export function createWorkGate({ maxRunning, maxWaiting }: { maxRunning: number; maxWaiting: number }): WorkGate {
  const waiting: (() => void)[] = [];
  let running = 0;

  const enter = async (): Promise<void> => {
    if (running < maxRunning) {
      running += 1;
      return;
    }
    if (waiting.length >= maxWaiting) {
      throw new PerfwatchError('too_many_requests', 'Too many log-ins at once; try again in a moment', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  };

  /** Hands the place to the next in line, so that nobody overtakes. */
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };

  return {
    async run(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
