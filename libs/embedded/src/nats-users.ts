import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_PUBLIC_SUBJECTS, PerfwatchError, subjectTokenSchema, subjects } from '@perfwatch/contract';
import { z } from 'zod';
import { newSecret, readOrCreateSecret, writePrivateFile } from './secret-file.ts';

/** What a program may use that publishes one host's samples and nothing else. */
const collectorCredentialsSchema = z.object({
  name: subjectTokenSchema,
  host: subjectTokenSchema,
  password: z.string().min(1),
  createdAt: z.iso.datetime(),
});
export type CollectorCredentials = z.infer<typeof collectorCredentialsSchema>;

/** More would make every reload of the server slow. */
const MAX_CREDENTIALS = 1000;

export const SERVICE_USER = 'perfwatch-service';
/** Whom a client without credentials is taken for. */
const ANONYMOUS_USER = 'anonymous';

const credentialsPath = (dir: string) => join(dir, 'collectors.json');

export function servicePassword(dir: string): string {
  return readOrCreateSecret(join(dir, 'service-password')).secret;
}

/** Every collector's credentials, by name. Throws PerfwatchError('bad_input') when the file was damaged. */
export function listCollectorCredentials(dir: string): CollectorCredentials[] {
  const path = credentialsPath(dir);
  if (!existsSync(path)) return [];
  try {
    return z.array(collectorCredentialsSchema).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new PerfwatchError(
      'bad_input',
      `${path} is not what PerfWatch wrote there: restore it, or delete it and create the credentials again`,
      { cause },
    );
  }
}

const allowNothing = { deny: ['>'] };

function userEntry({ name, host, password }: CollectorCredentials): object {
  const publish = [subjects.metrics(host, '>'), subjects.catalog(host, '>'), subjects.host(host), subjects.annotations(host)];
  return { user: name, password, permissions: { publish: { allow: publish }, subscribe: allowNothing } };
}

/**
 * Writes who may do what (JSON is nats-server's configuration language too) to `<dir>/users.conf`: the services everything, a client
 * without credentials only listen to what is public, a collector only publish its own host.
 */
export function writeUsers(dir: string): void {
  const anonymous = { publish: allowNothing, subscribe: { allow: [ALL_PUBLIC_SUBJECTS] } };
  const users = [
    { user: SERVICE_USER, password: servicePassword(dir) },
    { user: ANONYMOUS_USER, password: newSecret(), permissions: anonymous },
    ...listCollectorCredentials(dir).map(userEntry),
  ];
  writePrivateFile(join(dir, 'users.conf'), `authorization: ${JSON.stringify({ users }, null, 2)}\nno_auth_user: ${ANONYMOUS_USER}\n`);
}

function save(dir: string, credentials: readonly CollectorCredentials[]): void {
  writePrivateFile(credentialsPath(dir), `${JSON.stringify(credentials, null, 2)}\n`);
  writeUsers(dir);
}

/**
 * Makes credentials for `host` under `name` and writes the server's users. A running server reads them when told to (`reloadNats`).
 * Throws PerfwatchError('conflict') when the name is taken.
 */
export function addCollectorCredentials({ dir, host, name }: { dir: string; host: string; name: string }): CollectorCredentials {
  const existing = listCollectorCredentials(dir);
  const isTaken = [SERVICE_USER, ANONYMOUS_USER, ...existing.map((credentials) => credentials.name)].includes(name);
  if (isTaken)
    throw new PerfwatchError('conflict', `There are credentials named ${name} already: choose another name, or revoke them first`);
  if (existing.length >= MAX_CREDENTIALS)
    throw new PerfwatchError('conflict', `There are ${MAX_CREDENTIALS} credentials already: revoke what is not used`);
  const added = collectorCredentialsSchema.parse({ name, host, password: newSecret(), createdAt: new Date().toISOString() });
  save(dir, [...existing, added]);
  return added;
}

/** Takes the credentials `name` away. Throws PerfwatchError('not_found') when there are none. */
export function removeCollectorCredentials({ dir, name }: { dir: string; name: string }): void {
  const existing = listCollectorCredentials(dir);
  const kept = existing.filter((credentials) => credentials.name !== name);
  if (kept.length === existing.length) throw new PerfwatchError('not_found', `There are no credentials named ${name}`);
  save(dir, kept);
}
