import { PerfwatchError, type UserRecord } from '@perfwatch/contract';
import type { Logger, RunningService, ServiceContext } from '@perfwatch/service-kit';
import type { UserRepository } from '@perfwatch/store';
import { checkNewPassword } from './new-password.ts';
import { hashPassword } from './password-hash.ts';
import { addUser, listUsers, type UserAccount } from './user-accounts.ts';
import { createWorkGate } from './work-gate.ts';

/** Passwords that wait to be hashed: an administrator sets them one at a time. */
const MAX_HASHES_WAITING = 32;

export interface UserAdministrationOptions {
  users: UserRepository;
  broadcast: ServiceContext['broadcast'];
  log: Logger;
}

type Actions = Pick<RunningService<'auth'>['actions'], 'listUsers' | 'addUser' | 'updateUser' | 'removeUser'>;

const recordOf = ({ id, username, role, createdAt }: UserAccount): UserRecord => ({
  id,
  username,
  role,
  created_at: createdAt.toISOString(),
});

const noSuchUser = (): PerfwatchError => new PerfwatchError('not_found', 'There is no such user', { hint: 'GET /api/users lists them.' });

/** The actions on users, for administrators: who may ask is for the gateway to see to. What `broadcast` tells is already in the database. */
export function createUserAdministration({ users, broadcast, log }: UserAdministrationOptions): Actions {
  const gate = createWorkGate({ maxRunning: 1, maxWaiting: MAX_HASHES_WAITING });
  return {
    listUsers: async () => ({ users: (await listUsers(users)).map(recordOf) }),

    async addUser(user) {
      const added = await gate.run(() => addUser(users, user));
      log.info({ userId: added.id, role: added.role }, 'user added');
      return recordOf(added);
    },

    async updateUser({ id, role, password }) {
      const user = await users.findById(id);
      if (user === null) throw noSuchUser();
      if (password !== undefined) checkNewPassword({ username: user.username, password, field: 'password' });
      const passwordHash = password === undefined ? undefined : await gate.run(() => hashPassword(password));
      const changed = await users.changeAccount(id, { role, passwordHash });
      if (changed === null) throw noSuchUser();
      log.info({ userId: id, role: changed.role, hasNewPassword: password !== undefined }, 'user changed');
      broadcast('auth.revoked', { userId: id, exceptTokenId: null, apiTokensToo: role !== undefined });
      return recordOf(changed);
    },

    async removeUser({ id }) {
      const removed = (await users.findById(id)) === null ? null : await users.remove(id);
      if (removed === null) throw noSuchUser();
      log.info({ userId: id }, 'user removed');
      broadcast('auth.revoked', { userId: id, exceptTokenId: null, apiTokensToo: true });
      return null;
    },
  };
}
