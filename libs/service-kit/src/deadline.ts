import type { Logger } from './logging.ts';

/** One span of time for several things to end in. */
export class Deadline {
  readonly #endMs: number;
  readonly #log: Logger;

  constructor(spanMs: number, log: Logger) {
    this.#endMs = performance.now() + spanMs;
    this.#log = log;
  }

  get leftMs(): number {
    return Math.max(0, this.#endMs - performance.now());
  }

  /** Resolves when `work` has ended or the time is up; what fails or is late is logged, so that the next can be ended too. */
  async within(what: string, work: () => Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, this.leftMs, 'late');
    });
    try {
      if ((await Promise.race([work(), late])) === 'late') this.#log.warn({ what }, 'did not stop in time');
    } catch (error) {
      this.#log.error({ err: error, what }, 'did not stop cleanly');
    } finally {
      clearTimeout(timer);
    }
  }
}
