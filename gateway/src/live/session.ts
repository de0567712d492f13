import { MAX_TOKEN_LENGTH, PerfwatchError, type ControlEvents, type Identity } from '@perfwatch/contract';
import { z } from 'zod';

/** The longest that a Node timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

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
  identity: Identity;
  /** Called once, when the token has ended. */
  onEnd: () => void;
}

/** A token in use by a connection: watches over its end. */
export class Session {
  readonly #onEnd: () => void;
  #identity: Identity;
  #timer: NodeJS.Timeout | null = null;
  #hasEnded = false;

  constructor({ identity, onEnd }: SessionOptions) {
    this.#identity = identity;
    this.#onEnd = onEnd;
  }

  /** Of the session or the API token that it lives by. */
  get tokenId(): string {
    return this.#identity.tokenId;
  }

  /** Waits for the token's end from now on. */
  start(): void {
    this.#wait();
  }

  /** Goes on with another token. Throws PerfwatchError when it is another user's, or too late. */
  renew(identity: Identity): void {
    if (this.#hasEnded) throw new PerfwatchError('unauthorized', 'This connection has ended');
    if (identity.userId !== this.#identity.userId) {
      throw new PerfwatchError('forbidden', 'This token is of another user', { hint: 'Connect anew.' });
    }
    this.#identity = identity;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wait();
  }

  revoke(revoked: ControlEvents['auth.revoked']): void {
    if (isRevoked(this.#identity, revoked)) this.#end();
  }

  close(): void {
    this.#hasEnded = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #wait(): void {
    const { expiresAtMs } = this.#identity;
    if (expiresAtMs === null) return;
    const remainingMs = expiresAtMs - Date.now();
    if (remainingMs <= 0) this.#end();
    else this.#timer = setTimeout(() => this.#wait(), Math.min(remainingMs, MAX_TIMER_MS));
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.close();
    this.#onEnd();
  }
}
