import { PerfwatchError, parseInput, usernameSchema, type Role } from '@perfwatch/contract';
import type { User, UserRepository } from '@perfwatch/store';
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

/**
 * Makes a user. Throws PerfwatchError: 'bad_input' for a name or password that may not be used, 'conflict' when the name is taken.
 */
export async function addUser(
  users: UserRepository,
  { username, password, role }: { username: string; password: string; role: Role },
): Promise<UserAccount> {
  parseInput(usernameSchema, username, 'username');
  checkNewPassword({ username, password, field: 'password' });
  return withoutSecrets(await users.create({ username, passwordHash: await hashPassword(password), role }));
}

/**
 * Sets a user's password and ends all of the user's tokens. Throws PerfwatchError: 'not_found' when there is no such user,
 * 'bad_input' for a password that may not be used.
 */
export async function setPassword(
  users: UserRepository,
  { username, password }: { username: string; password: string },
): Promise<UserAccount> {
  const user = await users.findByUsername(username);
  if (user === null) throw noSuchUser(username);
  checkNewPassword({ username: user.username, password, field: 'password' });
  const changed = await users.changePassword(user.id, await hashPassword(password));
  if (changed === null) throw noSuchUser(username);
  return withoutSecrets(changed);
}

/** Every user, by name. */
export async function listUsers(users: UserRepository): Promise<UserAccount[]> {
  return (await users.list()).map(withoutSecrets);
}

const noSuchUser = (username: string): PerfwatchError => new PerfwatchError('not_found', `There is no user named ${username}`);
