import { createHash } from 'node:crypto';
import { PerfwatchError } from '@perfwatch/contract';
import type { FailureBound, LoginFailureRepository } from '@perfwatch/store';

/** One try of a password, counted as failed until it is known. */
export interface PasswordTry {
  failed(): Promise<void>;
  /** It did not fail: as if it had not been. */
  takenBack(): Promise<void>;
}

/** What failures are counted under: a hash, because people type their password where their name belongs. */
export const failureKey = (...parts: readonly string[]): Uint8Array => createHash('sha256').update(JSON.stringify(parts)).digest();

const keysOf = (bounds: readonly FailureBound[]): Uint8Array[] => bounds.map(({ key }) => key);

function tooManyFailures(retryAfterSeconds: number): PerfwatchError {
  return new PerfwatchError('too_many_requests', `Too many failed tries; try again in ${retryAfterSeconds} s`, { retryAfterSeconds });
}

/** Throws PerfwatchError('too_many_requests') while a try has to wait under one of `bounds`. */
export async function checkTries(failures: LoginFailureRepository, bounds: readonly FailureBound[]): Promise<void> {
  const waitSeconds = await failures.waitSeconds(keysOf(bounds));
  if (waitSeconds > 0) throw tooManyFailures(waitSeconds);
}

/** Begins a try. Throws PerfwatchError('too_many_requests') while it has to wait, and counts nothing then. */
export async function beginTry(failures: LoginFailureRepository, bounds: readonly FailureBound[]): Promise<PasswordTry> {
  const begun = await failures.begin(bounds);
  if ('waitSeconds' in begun) throw tooManyFailures(begun.waitSeconds);
  return {
    failed: () => failures.confirm(bounds),
    takenBack: () => failures.takeBack(bounds, begun),
  };
}
