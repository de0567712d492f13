import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '@perfwatch/contract';
import type { ServiceContext } from './service.ts';

const ANSWER_MS = 2000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

/** Asks for the settings until they come, and again whenever a change may have been missed. */
export class LiveSettings {
  readonly #context: ServiceContext;
  readonly #apply: (config: Config) => void;
  readonly #stopping = new AbortController();
  #isAsking = false;

  constructor(context: ServiceContext, apply: (config: Config) => void) {
    this.#context = context;
    this.#apply = apply;
    this.refresh();
  }

  refresh(): void {
    if (!this.#isAsking) void this.#ask();
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    const { signal } = this.#stopping;
    for (let retryMs = FIRST_RETRY_MS; !signal.aborted; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
      try {
        const config = await this.#context.call('settings.get', {}, { timeoutMs: ANSWER_MS });
        this.#apply(config);
        break;
      } catch (error) {
        // The collector runs by its own configuration meanwhile.
        if (retryMs === FIRST_RETRY_MS) this.#context.log.debug({ err: error }, 'waiting for the settings');
      }
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
    this.#isAsking = false;
  }
}
