import { PerfwatchError, type ControlEvents, type Identity } from '@perfwatch/contract';
import type { ServiceContext } from '@perfwatch/service-kit';
import { z } from 'zod';

/** The longest that a Node timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const MAX_TOKEN_LENGTH = 8192;

const handshakeSchema = z.object({ token: z.string().min(1).max(MAX_TOKEN_LENGTH) });

/** The token of a Socket.IO handshake's `auth`. Throws PerfwatchError('unauthorized'). */
export function handshakeToken(auth: unknown): string {
  const parsed = handshakeSchema.safeParse(auth);
  if (parsed.success) return parsed.data.token;
  throw new PerfwatchError('unauthorized', 'Connect with auth: { token }, with a token from POST /api/auth/login');
}

/** Whether `revoked` ends the token of `identity`. */
export function isRevoked({ tokenId, userId, scope }: Identity, revoked: ControlEvents['auth.revoked']): boolean {
  if ('tokenId' in revoked) return revoked.tokenId === tokenId;
  const { exceptTokenId, apiTokensToo = false } = revoked;
  return revoked.userId === userId && exceptTokenId !== tokenId && (scope === null || apiTokensToo);
}

export interface SessionOptions {
  token: string;
  identity: Identity;
  /** Called once, when the token has ended. */
  onEnd: () => void;
}

/** A token in use by a connection: watches over its end. */
export class Session {
  readonly #options: SessionOptions;
  #timer: NodeJS.Timeout | null = null;
  #hasEnded = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Waits for the token's end from now on. */
  start(): void {
    this.#wait();
  }

  revoke(revoked: ControlEvents['auth.revoked']): void {
    if (isRevoked(this.#options.identity, revoked)) this.#end();
  }

  /** Asks again: a revocation may have passed by while NATS was away. An auth service that does not answer changes nothing. */
  async recheck(call: ServiceContext['call']): Promise<void> {
    if (this.#hasEnded) return;
    try {
      await call('auth.verify', { token: this.#options.token });
    } catch (error) {
      if (error instanceof PerfwatchError && error.code === 'unauthorized') this.#end();
    }
  }

  close(): void {
    this.#hasEnded = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #wait(): void {
    const { expiresAtMs } = this.#options.identity;
    if (expiresAtMs === null) return;
    const remainingMs = expiresAtMs - Date.now();
    if (remainingMs <= 0) this.#end();
    else this.#timer = setTimeout(() => this.#wait(), Math.min(remainingMs, MAX_TIMER_MS));
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.close();
    this.#options.onEnd();
  }
}
