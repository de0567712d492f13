import { PerfwatchError, type UserRecord } from '@perfwatch/contract';
import type { Logger, RunningService, ServiceContext } from '@perfwatch/service-kit';
import type { Store } from '@perfwatch/store';
import { checkNewPassword } from './new-password.ts';
import { hashPassword } from './password-hash.ts';
import { addUser, listUsers, type UserAccount } from './user-accounts.ts';
import { createWorkGate } from './work-gate.ts';

/** Passwords that wait to be hashed: an administrator sets them one at a time. */
const MAX_HASHES_WAITING = 32;

export interface UserAdministrationOptions {
  store: Pick<Store, 'users' | 'atomically'>;
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
export function createUserAdministration({ store, broadcast, log }: UserAdministrationOptions): Actions {
  const gate = createWorkGate({ maxRunning: 1, maxWaiting: MAX_HASHES_WAITING });
  return {
    listUsers: async () => ({ users: (await listUsers(store.users)).map(recordOf) }),

    async addUser(user) {
      const added = await gate.run(() => addUser(store, user));
      log.info({ userId: added.id, role: added.role }, 'user added');
      return recordOf(added);
    },

    async updateUser({ id, role, password, by }) {
      const user = await store.users.findById(id);
      if (user === null) throw noSuchUser();
      if (password !== undefined) checkNewPassword({ username: user.username, password, field: 'password' });
      const passwordHash = password === undefined ? undefined : await gate.run(() => hashPassword(password));
      const changed = await store.atomically(async ({ users, auditEvents }) => {
        const after = await users.changeAccount(id, { role, passwordHash });
        if (after === null) throw noSuchUser();
        const details = { ...(role === undefined ? {} : { role }), ...(password === undefined ? {} : { password: 'changed' }) };
        await auditEvents.write({ action: 'user_changed', by, target: after.username, details });
        return after;
      });
      log.info({ userId: id, role: changed.role, hasNewPassword: password !== undefined }, 'user changed');
      broadcast('auth.revoked', { userId: id, exceptTokenId: null, apiTokensToo: role !== undefined });
      return recordOf(changed);
    },

    async removeUser({ id, by }) {
      if ((await store.users.findById(id)) === null) throw noSuchUser();
      await store.atomically(async ({ users, auditEvents }) => {
        const removed = await users.remove(id);
        if (removed === null) throw noSuchUser();
        await auditEvents.write({ action: 'user_deleted', by, target: removed.username, details: { role: removed.role } });
      });
      log.info({ userId: id }, 'user removed');
      broadcast('auth.revoked', { userId: id, exceptTokenId: null, apiTokensToo: true });
      return null;
    },
  };
}
