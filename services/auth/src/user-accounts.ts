import { PerfwatchError, parseInput, usernameSchema, type Actor, type Role } from '@perfwatch/contract';
import type { Store, User, UserRepository } from '@perfwatch/store';
import { checkNewPassword } from './new-password.ts';
import { hashPassword } from './password-hash.ts';

/** A user without what nobody needs to see. */
export interface UserAccount {
  id: string;
  username: string;
  role: Role;
  createdAt: Date;
}

const withoutSecrets = ({ id, username, role, createdAt }: User): UserAccount => ({ id, username, role, createdAt });

export interface NewUserAccount {
  username: string;
  password: string;
  role: Role;
  /** Null for the command line. */
  by: Actor | null;
}

/**
 * Makes a user. Throws PerfwatchError: 'bad_input' for a name or password that may not be used, 'conflict' when the name is taken.
 */
export async function addUser(store: Pick<Store, 'atomically'>, { username, password, role, by }: NewUserAccount): Promise<UserAccount> {
  parseInput(usernameSchema, username, 'username');
  checkNewPassword({ username, password, field: 'password' });
  const passwordHash = await hashPassword(password);
  return store.atomically(async ({ users, auditEvents }) => {
    const user = await users.create({ username, passwordHash, role });
    await auditEvents.write({ action: 'user_created', by, target: username, details: { role } });
    return withoutSecrets(user);
  });
}

/**
 * Sets a user's password from the command line and ends all of the user's tokens. Throws PerfwatchError: 'not_found' when there is no such user,
 * 'bad_input' for a password that may not be used.
 */
export async function setPassword(
  store: Pick<Store, 'users' | 'atomically'>,
  { username, password }: { username: string; password: string },
): Promise<UserAccount> {
  const user = await store.users.findByUsername(username);
  if (user === null) throw noSuchUser(username);
  checkNewPassword({ username: user.username, password, field: 'password' });
  const passwordHash = await hashPassword(password);
  return store.atomically(async ({ users, auditEvents }) => {
    const changed = await users.changePassword(user.id, passwordHash);
    if (changed === null) throw noSuchUser(username);
    await auditEvents.write({ action: 'password_changed', by: null, target: user.username });
    return withoutSecrets(changed);
  });
}

/**
 * Makes a user an administrator or a viewer from the command line, and ends the user's sessions. Throws PerfwatchError: 'not_found' when there is
 * no such user, 'conflict' when no administrator would be left.
 */
export async function setRole(
  store: Pick<Store, 'users' | 'atomically'>,
  { username, role }: { username: string; role: Role },
): Promise<UserAccount> {
  const user = await store.users.findByUsername(username);
  if (user === null) throw noSuchUser(username);
  return store.atomically(async ({ users, auditEvents }) => {
    const changed = await users.changeAccount(user.id, { role });
    if (changed === null) throw noSuchUser(username);
    await auditEvents.write({ action: 'user_changed', by: null, target: user.username, details: { role } });
    return withoutSecrets(changed);
  });
}

/**
 * Removes a user from the command line, with sessions and API tokens. Throws PerfwatchError: 'not_found' when there is no such user, 'conflict' for
 * the last administrator.
 */
export async function removeUser(store: Pick<Store, 'users' | 'atomically'>, username: string): Promise<UserAccount> {
  const user = await store.users.findByUsername(username);
  if (user === null) throw noSuchUser(username);
  return store.atomically(async ({ users, auditEvents }) => {
    const removed = await users.remove(user.id);
    if (removed === null) throw noSuchUser(username);
    await auditEvents.write({ action: 'user_deleted', by: null, target: removed.username, details: { role: removed.role } });
    return withoutSecrets(removed);
  });
}

/** Every user, by name. */
export async function listUsers(users: UserRepository): Promise<UserAccount[]> {
  return (await users.list()).map(withoutSecrets);
}

const noSuchUser = (username: string): PerfwatchError => new PerfwatchError('not_found', `There is no user named ${username}`);
