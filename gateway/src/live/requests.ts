import { explain, parseInput, PerfwatchError } from '@perfwatch/contract';
import type { Logger } from '@perfwatch/service-kit';
import type { z } from 'zod';
import type { LiveSocket } from './socket-types.ts';

/** Requests of one connection in `WINDOW_MS`; a page sends a handful. */
const MAX_REQUESTS = 100;
const WINDOW_MS = 10_000;

const isFunction = (value: unknown): value is (reply: unknown) => void => typeof value === 'function';

/** What a client may be told of an error. */
export function tellable(error: unknown): string {
  if (!(error instanceof PerfwatchError) || error.code === 'internal')
    return 'Something went wrong on the server; its log has the details.';
  return explain(error);
}

export interface RequestHandler<S extends z.ZodType, R extends object> {
  event: string;
  schema: S;
  /** What it throws becomes `{ok: false, error}`. */
  handle: (request: z.output<S>) => R | Promise<R>;
}

/** Answers the requests of one connection, whatever the client sends. */
export class Requests {
  readonly #socket: LiveSocket;
  readonly #log: Logger;
  #windowStartMs = 0;
  #inWindow = 0;

  constructor(socket: LiveSocket, log: Logger) {
    this.#socket = socket;
    this.#log = log;
  }

  /** Serves one kind of request. Without an acknowledgement function nothing happens: nobody could be told of a failure. */
  serve<S extends z.ZodType, R extends object>({ event, schema, handle }: RequestHandler<S, R>): void {
    this.#socket.on(event, (...parameters: unknown[]) => {
      const reply = parameters.at(-1);
      if (!isFunction(reply)) return;
      const request = parameters.length > 1 ? parameters[0] : undefined;
      const answer = async (): Promise<void> => {
        try {
          reply({ ok: true, ...(await handle(parseInput(schema, request, event))) });
        } catch (error) {
          reply({ ok: false, error: tellable(error) });
          if (!(error instanceof PerfwatchError) || error.code === 'internal')
            this.#log.error({ err: error, event }, 'a live request failed');
        }
      };
      if (this.#isTooMany()) reply({ ok: false, error: `At most ${MAX_REQUESTS} requests in ${WINDOW_MS / 1000} seconds` });
      else void answer();
    });
  }

  #isTooMany(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#windowStartMs > WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#inWindow = 0;
    }
    return ++this.#inWindow > MAX_REQUESTS;
  }
}
