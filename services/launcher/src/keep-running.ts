import { setTimeout as delay } from 'node:timers/promises';
import { RestartDelay } from './restart-delay.ts';

/** A process that was started: a service process, nats-server or PostgreSQL. */
export interface Running {
  readonly pid: number;
  /** Calls `listener` with one line when it ends without having been stopped. */
  onExit(listener: (reason: string) => void): void;
  stop(): Promise<void>;
}

export interface KeepRunningOptions<R extends Running> {
  /** For messages: `The server process`. */
  title: string;
  /** Starts it, the first time and every other. */
  start: () => Promise<R>;
  /** One line for the person who watches. */
  report: (line: string) => void;
  /** It was started again. */
  onRestart: (running: R) => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Something that is started again whenever it ends by itself. */
export class KeptRunning<R extends Running> {
  readonly #options: KeepRunningOptions<R>;
  readonly #delay = new RestartDelay();
  readonly #stopping = new AbortController();
  #current: R;
  #startedMs = performance.now();
  #restarting: Promise<void> = Promise.resolve();

  private constructor(options: KeepRunningOptions<R>, current: R) {
    this.#options = options;
    this.#current = current;
    this.#watch();
  }

  /** Throws what the first start throws: only what has run once is started again. */
  static async start<R extends Running>(options: KeepRunningOptions<R>): Promise<KeptRunning<R>> {
    return new KeptRunning(options, await options.start());
  }

  get current(): R {
    return this.#current;
  }

  /** Stops it for good; idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#restarting;
    await this.#current.stop();
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #watch(): void {
    this.#current.onExit((reason) => {
      if (!this.#isStopping) this.#restarting = this.#restart(reason);
    });
  }

  async #restart(firstReason: string): Promise<void> {
    let reason: string | null = firstReason;
    while (reason !== null) {
      const delayMs = this.#delay.after(performance.now() - this.#startedMs);
      this.#options.report(delayMs === 0 ? `${reason}; starting it again` : `${reason}; next try in ${delayMs / 1000} s`);
      await delay(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#isStopping) return;
      reason = await this.#tryToStart();
    }
  }

  /** Null when it runs, else why not. */
  async #tryToStart(): Promise<string | null> {
    const { title, start, report, onRestart } = this.#options;
    this.#startedMs = performance.now();
    try {
      this.#current = await start();
    } catch (error) {
      return messageOf(error);
    }
    report(`${title} is back (process ${this.#current.pid})`);
    this.#watch();
    onRestart(this.#current);
    return null;
  }
}
