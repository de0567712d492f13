import { knownPreferences, PerfwatchError } from '@perfwatch/contract';
import type { RunningService } from '@perfwatch/service-kit';
import type { UserRepository } from '@perfwatch/store';

/** The actions of the service `auth` that concern how a user wants to see things. */
export type UserPreferenceActions = Pick<RunningService<'auth'>['actions'], 'preferences' | 'setPreferences'>;

/** Preferences over `users`: everyone's own. */
export function createUserPreferences({ users }: { users: UserRepository }): UserPreferenceActions {
  const known = (stored: Readonly<Record<string, unknown>> | null) => {
    if (stored === null) throw new PerfwatchError('unauthorized', 'This user is gone');
    return knownPreferences(stored);
  };
  return {
    preferences: async ({ identity }) => known(await users.preferences(identity.userId)),
    setPreferences: async ({ identity, change }) => known(await users.changePreferences(identity.userId, change)),
  };
}
