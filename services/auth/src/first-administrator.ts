import type { PerfwatchConfig } from '@perfwatch/service-kit';
import type { Store } from '@perfwatch/store';
import { generatePassword } from './generate-password.ts';
import { checkNewPassword } from './new-password.ts';
import { hashPassword, isPassword } from './password-hash.ts';
import { createSecretFile, readSecretFile, removeSecretFile, secretPath } from './secret-file.ts';

export interface FirstAdministratorOptions {
  store: Pick<Store, 'users' | 'atomically'>;
  config: Pick<PerfwatchConfig, 'adminUser' | 'adminPassword' | 'dataDir'>;
}

export interface FirstAdministrator {
  /** Whether this call made the user. */
  created: boolean;
  username: string;
  /** The generated password for as long as nobody has been shown it (see `forgetInitialPassword`) and it still works; null otherwise. */
  generatedPassword: string | null;
  /** The file that holds `generatedPassword`, readable by its owner alone; null with it. */
  passwordFile: string | null;
}

const initialPasswordPath = (dataDir: string): string => secretPath(dataDir, 'admin-password-initial');

/** Kept in the file before the user is made: a run that dies in between cannot leave a user whose password nobody knows. */
async function generatedPasswordIn(path: string): Promise<string> {
  const kept = await readSecretFile(path);
  if (kept !== null && kept !== '') return kept;
  const generated = generatePassword();
  return (await createSecretFile(path, generated)) ? generated : ((await readSecretFile(path)) ?? generated);
}

async function createWhileThereIsNone({ store, config }: FirstAdministratorOptions): Promise<boolean> {
  if ((await store.users.count()) > 0) return false;
  const { adminUser: username, adminPassword } = config;
  if (adminPassword !== null) checkNewPassword({ username, password: adminPassword, field: 'PERFWATCH_ADMIN_PASSWORD' });
  const password = adminPassword ?? (await generatedPasswordIn(initialPasswordPath(config.dataDir)));
  const passwordHash = await hashPassword(password);
  return store.atomically(async ({ users, auditEvents }) => {
    const user = await users.createFirst({ username, passwordHash, role: 'admin' });
    if (user !== null) await auditEvents.write({ action: 'user_created', by: null, target: username, details: { role: 'admin' } });
    return user !== null;
  });
}

/** The generated password, if it is kept and is the user's; a file that says anything else is of no use and is removed. */
async function passwordNotYetShown({ store, config }: FirstAdministratorOptions): Promise<string | null> {
  const path = initialPasswordPath(config.dataDir);
  const password = await readSecretFile(path);
  if (password === null) return null;
  const user = await store.users.findByUsername(config.adminUser);
  if (user !== null && (await isPassword(password, user.passwordHash))) return password;
  await removeSecretFile(path);
  return null;
}

/**
 * Makes the first administrator while there is no user at all, with PERFWATCH_ADMIN_PASSWORD or a generated password. Any number
 * of processes may call it at once. Throws PerfwatchError('bad_input') for a password that may not be used, 'unavailable' when the
 * data directory cannot be written to.
 */
export async function ensureFirstAdministrator(options: FirstAdministratorOptions): Promise<FirstAdministrator> {
  const { adminUser: username, dataDir } = options.config;
  const created = await createWhileThereIsNone(options);
  const generatedPassword = await passwordNotYetShown(options);
  return { created, username, generatedPassword, passwordFile: generatedPassword === null ? null : initialPasswordPath(dataDir) };
}

/** To be called once a person has been shown the generated password: from then on only they have it. Idempotent. */
export function forgetInitialPassword({ dataDir }: Pick<PerfwatchConfig, 'dataDir'>): Promise<void> {
  return removeSecretFile(initialPasswordPath(dataDir));
}
