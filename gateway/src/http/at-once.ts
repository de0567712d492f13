import { PerfwatchError } from '@perfwatch/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpServer } from './server.ts';

/** What each user may ask of history at the same time, of this process. */
export interface AtOnceLimits {
  /** Queries that are worked on, files that are sent. */
  maxRunning: number;
  /** More that wait for their turn; a page of charts asks for twenty. */
  maxWaiting: number;
}

export const AT_ONCE_LIMITS: AtOnceLimits = { maxRunning: 8, maxWaiting: 100 };

const RETRY_AFTER_SECONDS = 5;

interface Line {
  running: number;
  waiting: (() => void)[];
}

/** Lets so much run at a time under each key, in order of arrival. Remembers only keys that something runs under. */
export class AtOnce {
  readonly #limits: AtOnceLimits;
  readonly #lines = new Map<string, Line>();

  constructor(limits: Partial<AtOnceLimits> = {}) {
    this.#limits = { ...AT_ONCE_LIMITS, ...limits };
  }

  get keys(): number {
    return this.#lines.size;
  }

  /** Resolves when its turn has come, to what ends it (once). Throws PerfwatchError('too_many_requests') when too much waits already. */
  async enter(key: string): Promise<() => void> {
    const line = this.#lines.get(key) ?? { running: 0, waiting: [] };
    this.#lines.set(key, line);
    const { maxRunning, maxWaiting } = this.#limits;
    if (line.running < maxRunning) line.running += 1;
    else if (line.waiting.length < maxWaiting) await new Promise<void>((resolve) => line.waiting.push(resolve));
    else
      throw new PerfwatchError('too_many_requests', `At most ${maxRunning + maxWaiting} queries of a user at once`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    let hasLeft = false;
    return () => {
      if (!hasLeft) this.#leave(key, line);
      hasLeft = true;
    };
  }

  #leave(key: string, line: Line): void {
    const next = line.waiting.shift();
    if (next !== undefined) next();
    else if (--line.running === 0) this.#lines.delete(key);
  }
}

/** Bounds the routes that say of themselves that they are expensive. To be called after what finds out whose a request is. */
export function boundExpensiveRoutes(server: HttpServer, limits: Partial<AtOnceLimits> = {}): void {
  const atOnce = new AtOnce(limits);
  server.addHook('preHandler', async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.routeOptions.config.isExpensive !== true || request.identity === null) return;
    const leave = await atOnce.enter(request.identity.userId);
    // Once the answer has been sent, or nobody is there any more to take it.
    reply.raw.once('close', leave);
    if (!reply.raw.destroyed) return;
    leave();
    throw new PerfwatchError('unavailable', 'The client has gone');
  });
}
