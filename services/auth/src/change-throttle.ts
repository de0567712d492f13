import type { FailureBound, LoginFailureRepository } from '@perfwatch/store';
import { beginTry, checkTries, failureKey } from './password-tries.ts';

const FIVE_MINUTES_SECONDS = 5 * 60;

/** A change whose current password is not checked yet. */
export interface BegunChange {
  failed(): Promise<void>;
  succeeded(): Promise<void>;
}

const boundsOf = (tokenId: string): [FailureBound] => [
  { key: failureKey('change', tokenId), freeFailures: 5, maxDelaySeconds: FIVE_MINUTES_SECONDS },
];

/**
 * Slows down guessing the current password with a token. By token: whoever got hold of one must not guess the password with it, nor keep its
 * owner from changing it elsewhere.
 */
export class ChangeThrottle {
  readonly #failures: LoginFailureRepository;

  constructor(failures: LoginFailureRepository) {
    this.#failures = failures;
  }

  /** Throws PerfwatchError('too_many_requests') while this token has to wait. */
  check(tokenId: string): Promise<void> {
    return checkTries(this.#failures, boundsOf(tokenId));
  }

  /** To be called before the password is looked at; throws as `check` does. */
  async begin(tokenId: string): Promise<BegunChange> {
    const [bound] = boundsOf(tokenId);
    const begun = await beginTry(this.#failures, [bound]);
    return { failed: () => begun.failed(), succeeded: () => this.#failures.forget(bound.key) };
  }
}
