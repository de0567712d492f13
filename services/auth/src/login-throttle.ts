import { networkOf } from '@perfwatch/service-kit';
import type { FailureBound, LoginFailureRepository } from '@perfwatch/store';
import { beginTry, checkTries, failureKey } from './password-tries.ts';

export interface LoginAttempt {
  username: string;
  /** Where the request came from, as the gateway saw it. */
  address: string;
}

/** A log-in whose outcome is not known yet. */
export interface BegunLogin {
  failed(): Promise<void>;
  succeeded(userId: string): Promise<void>;
}

const MINUTE_SECONDS = 60;
/** Of one user from one network. */
const USER_AND_NETWORK = { freeFailures: 5, maxDelaySeconds: 5 * MINUTE_SECONDS };
/** Of one network, over all users. */
const NETWORK = { freeFailures: 30, maxDelaySeconds: MINUTE_SECONDS };
/** Of one user, over all networks that the user has not logged in from. Short, as strangers can bring it about: 17,000 tries a day are left to them. */
const USER = { freeFailures: 100, maxDelaySeconds: 5 };

/**
 * Slows down guessing, over all replicas as over one. Failures count for the user from one network, whether or not there is such a user. For a user
 * who has never logged in from that network they count for the network and for the user as well; who has is spared those two, so that neither a
 * neighbour nor the whole Internet keeps anybody out. A log-in that succeeds ends the first; the others only fade, or an account of one's own would be
 * a way round them.
 */
export class LoginThrottle {
  readonly #failures: LoginFailureRepository;

  constructor(failures: LoginFailureRepository) {
    this.#failures = failures;
  }

  /** Throws PerfwatchError('too_many_requests') while this attempt has to wait. */
  async check(attempt: LoginAttempt): Promise<void> {
    await checkTries(this.#failures, await this.#boundsOf(attempt));
  }

  /** To be called before the password is looked at; throws as `check` does. */
  async begin(attempt: LoginAttempt): Promise<BegunLogin> {
    const begun = await beginTry(this.#failures, await this.#boundsOf(attempt));
    return {
      failed: () => begun.failed(),
      succeeded: async (userId) => {
        await begun.takenBack();
        await this.#failures.forget(userAndNetworkKey(attempt));
        await this.#failures.noteOrigin(userId, networkOf(attempt.address));
      },
    };
  }

  async #boundsOf(attempt: LoginAttempt): Promise<FailureBound[]> {
    const { username, address } = attempt;
    const network = networkOf(address);
    const own = { ...USER_AND_NETWORK, key: userAndNetworkKey(attempt) };
    if (await this.#failures.isOrigin(username, network)) return [own];
    return [
      own,
      { ...NETWORK, key: failureKey('log-in network', network) },
      { ...USER, key: failureKey('log-in user', username.toLowerCase()) },
    ];
  }
}

const userAndNetworkKey = ({ username, address }: LoginAttempt): Uint8Array =>
  failureKey('log-in', username.toLowerCase(), networkOf(address));
