import { Loggers } from 'moleculer';
import type { Logger } from './logging.ts';

/** Moleculer's warnings and errors in our log; the rest of what it says is about itself. */
export class BrokerLog extends Loggers.Base<Record<string, never>> {
  readonly #log: Logger;

  constructor(log: Logger) {
    super({});
    this.#log = log.child({ module: 'moleculer' });
  }

  override getLogHandler(): (level: string, parts: unknown[]) => void {
    return (level, parts) => {
      const err = parts.find((part) => part instanceof Error);
      // The caller is told, and says so where it matters.
      if (parts.some((part) => typeof part === 'string' && part.endsWith('is not registered.'))) return;
      const message = parts.filter((part) => typeof part === 'string' || typeof part === 'number').join(' ');
      const fields = err === undefined ? {} : { err };
      if (level === 'fatal' || level === 'error') this.#log.error(fields, message);
      else if (level === 'warn') this.#log.warn(fields, message);
    };
  }
}
