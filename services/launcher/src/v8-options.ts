import type { ProcessName } from './services.ts';

/**
 * Small heaps: short-lived objects of one tick fit, and what is kept stays compact. The collectors do little and do it once a second:
 * threads that help the garbage collector, optimizing a function before it has run some ten thousand times, and throwing away the
 * bytecode of what did not run for a while cost more than they save.
 */
export const V8_OPTIONS: Readonly<Record<ProcessName, readonly string[]>> = {
  collectors: [
    ...['--max-semi-space-size=1', '--optimize-for-size', '--max-old-space-size=128', '--single-threaded-gc'],
    ...['--invocation-count-for-maglev=20000', '--invocation-count-for-turbofan=60000', '--no-flush-bytecode'],
  ],
  server: ['--max-semi-space-size=4', '--max-old-space-size=512'],
};
