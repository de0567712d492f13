import { existsSync, statSync } from 'node:fs';
import { PerfwatchError } from '@perfwatch/contract';
import { DIE_WITH_PARENT, dyingWithParent, prefixWith, type CommandWrap } from './parent-death.ts';
import { runCommand, type CommandResult } from './run-command.ts';
import type { Command } from './server-process.ts';

/** Whom PostgreSQL, which refuses root, runs as, and how a program is started as that. */
export interface PostgresAccount {
  /** Who must own the database's files; null: whoever runs this. */
  owner: { uid: number; gid: number } | null;
  /** How to become it, in front of the program's own arguments. */
  wrap: CommandWrap;
}

export interface AccountOptions {
  /** What the account must be able to read: programs, and the directory of the data. */
  paths: readonly string[];
  /** Owner of a database made earlier; null: there is none yet. */
  existingOwnerUid: number | null;
}

/** Made only when there is neither this nor a `postgres` user: no home, no shell, no password. */
const SYSTEM_USER = 'perfwatch';
const KNOWN_USERS = [SYSTEM_USER, 'postgres'];
/** Inside a user namespace root's files belong to this id. */
const NAMESPACE_ID = 65_534;

const READ_CAPABILITY = ['--inh-caps=-all,+dac_read_search', '--ambient-caps=-all,+dac_read_search'];
/** Without it access(2), which initdb looks for its siblings with, would answer as if the capability were not there. */
const KEEP_CAPABILITY_IN_ACCESS = '--securebits=+no_setuid_fixup';

async function numberFrom(command: Command): Promise<number | null> {
  const { ok, output } = await runCommand(command);
  return ok && /^\d+$/.test(output) ? Number(output) : null;
}

async function findUser(name: string): Promise<{ uid: number; gid: number } | null> {
  const uid = await numberFrom({ file: 'id', args: ['-u', name] });
  const gid = await numberFrom({ file: 'id', args: ['-g', name] });
  return uid === null || gid === null || uid === 0 ? null : { uid, gid };
}

async function systemUser(existingOwnerUid: number | null): Promise<{ uid: number; gid: number } | null> {
  if (existingOwnerUid !== null && existingOwnerUid !== 0) return findUser(String(existingOwnerUid));
  for (const name of KNOWN_USERS) {
    const user = await findUser(name);
    if (user !== null) return user;
  }
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin'];
  await runCommand({ file: 'useradd', args: [...options, SYSTEM_USER] });
  return findUser(SYSTEM_USER);
}

/** Whether a program started through `wrap` can use every path: read files, enter directories. */
async function reaches(wrap: CommandWrap, paths: readonly string[]): Promise<CommandResult> {
  const script = 'for path; do test -r "$path" || test -x "$path" || { echo "$path cannot be entered"; exit 1; }; done';
  return runCommand(wrap({ file: '/bin/sh', args: ['-c', script, 'sh', ...paths] }), { cwd: '/' });
}

/**
 * The account for PostgreSQL. An ordinary user: itself. Root, in this order:
 * 1. a system user (`perfwatch`, `postgres`, or `perfwatch` made now) where that can enter the directories;
 * 2. the same user with CAP_DAC_READ_SEARCH alone (capabilities(7)), for directories closed to it, as a clone below /root;
 * 3. root's own files seen from a user namespace in which nobody is root (user_namespaces(7)).
 * Throws PerfwatchError('unavailable') when the machine offers none of them.
 */
export async function choosePostgresAccount({ paths, existingOwnerUid }: AccountOptions): Promise<PostgresAccount> {
  const withParent = await dyingWithParent();
  if (process.getuid?.() !== 0) return { owner: null, wrap: withParent };
  const owner = existingOwnerUid === 0 ? null : await systemUser(existingOwnerUid);
  if (owner !== null) {
    const asUser = [...DIE_WITH_PARENT, `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--no-new-privs'];
    for (const extra of [[], [...READ_CAPABILITY, KEEP_CAPABILITY_IN_ACCESS]]) {
      const wrap = prefixWith('setpriv', ...asUser, ...extra);
      if ((await reaches(wrap, paths)).ok) return { owner, wrap };
    }
  }
  if (existingOwnerUid === null || existingOwnerUid === 0) {
    const inNamespace = prefixWith('unshare', '--user', `--map-user=${NAMESPACE_ID}`, `--map-group=${NAMESPACE_ID}`);
    const wrap: CommandWrap = (command) => withParent(inNamespace(command));
    if ((await reaches(wrap, paths)).ok) return { owner: null, wrap };
  }
  throw new PerfwatchError(
    'unavailable',
    `PostgreSQL refuses to run as root and no other user can enter ${paths.at(-1) ?? '/'}: set PERFWATCH_DATA_DIR to a directory that others can enter, such as /var/lib/perfwatch, or start PerfWatch as an ordinary user`,
  );
}

/** Owner of a directory; null when it is not there. */
export function ownerUid(path: string): number | null {
  return existsSync(path) ? statSync(path).uid : null;
}
