import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PerfwatchError, subjectTokenSchema } from '@perfwatch/contract';
import { z } from 'zod';
import { natsAccounts } from './nats-accounts.ts';
import { newSecret, readOrCreateSecret, writePrivateFile } from './secret-file.ts';

const common = { name: subjectTokenSchema, password: z.string().min(1), createdAt: z.iso.datetime() };
const credentialsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('collector'), ...common, host: subjectTokenSchema }),
  z.object({ kind: z.literal('reader'), ...common }),
]);
/** What a program may use that publishes one host's data, as PerfWatch's own collectors do, or that listens to what is public. */
export type NatsCredentials = z.infer<typeof credentialsSchema>;
export type CredentialsKind = NatsCredentials['kind'];
/** Whom to make credentials for. */
export type NewCredentials = { kind: 'collector'; name: string; host: string } | { kind: 'reader'; name: string };

/** An earlier version knew no other kind. */
const oldCredentialsSchema = z.object({ ...common, host: subjectTokenSchema }).transform((old) => ({ kind: 'collector' as const, ...old }));

const accessSchema = z.object({
  /** The host of the collectors that PerfWatch runs beside the server; null where it runs none. */
  ownCollector: z.object({ host: subjectTokenSchema, password: z.string().min(1) }).nullable(),
  letsAnyoneListen: z.boolean(),
});
/** Who gets in besides those with credentials made by hand. */
type Access = z.infer<typeof accessSchema>;

/** More would make every reload of the server slow. */
const MAX_CREDENTIALS = 1000;

const SERVICE_USER = 'perfwatch-service';
const OWN_COLLECTOR_USER = 'perfwatch-collectors';
/** Whom a client without credentials is taken for. */
const ANONYMOUS_USER = 'anonymous';

const filesIn = (dir: string) => ({
  credentials: join(dir, 'credentials.json'),
  oldCredentials: join(dir, 'collectors.json'),
  access: join(dir, 'access.json'),
  servicePassword: join(dir, 'service-password'),
  users: join(dir, 'users.conf'),
});

function readJson<S extends z.ZodType>(path: string, schema: S): z.output<S> | null {
  if (!existsSync(path)) return null;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new PerfwatchError(
      'bad_input',
      `${path} is not what PerfWatch wrote there: restore it, or delete it and create the credentials again`,
      { cause },
    );
  }
}

const writeJson = (path: string, value: unknown) => writePrivateFile(path, `${JSON.stringify(value, null, 2)}\n`);

/** All credentials that were made, of every kind. Throws PerfwatchError('bad_input') when the file was damaged. */
export function listCredentials(dir: string): NatsCredentials[] {
  const { credentials, oldCredentials } = filesIn(dir);
  return readJson(credentials, z.array(credentialsSchema)) ?? readJson(oldCredentials, z.array(oldCredentialsSchema)) ?? [];
}

const readAccess = (dir: string): Access => readJson(filesIn(dir).access, accessSchema) ?? { ownCollector: null, letsAnyoneListen: true };

const servicePassword = (dir: string): string => readOrCreateSecret(filesIn(dir).servicePassword).secret;

/** Writes who may do what to `<dir>/users.conf`; JSON is nats-server's configuration language too. */
function writeUsers(dir: string): void {
  const { ownCollector, letsAnyoneListen } = readAccess(dir);
  const credentials = listCredentials(dir);
  const readers = credentials.filter(({ kind }) => kind === 'reader').map(({ name, password }) => ({ user: name, password }));
  const collectors = credentials.flatMap((one) =>
    one.kind === 'collector' ? [{ user: one.name, password: one.password, host: one.host }] : [],
  );
  const accounts = natsAccounts({
    service: { user: SERVICE_USER, password: servicePassword(dir) },
    readers: letsAnyoneListen ? [...readers, { user: ANONYMOUS_USER, password: newSecret() }] : readers,
    collectors: ownCollector === null ? collectors : [...collectors, { user: OWN_COLLECTOR_USER, ...ownCollector }],
  });
  const anonymous = letsAnyoneListen ? `no_auth_user: ${ANONYMOUS_USER}\n` : '';
  writePrivateFile(filesIn(dir).users, `accounts: ${JSON.stringify(accounts, null, 2)}\n${anonymous}`);
}

export interface PreparedUsers {
  /** `user:password` of the services. */
  service: string;
  /** The same of the collectors that run beside the server; null where none do. */
  ownCollector: string | null;
}

/** Writes the users of a server that is about to start. */
export function prepareUsers({
  dir,
  collectorHost,
  letsAnyoneListen,
}: {
  dir: string;
  collectorHost: string | null;
  letsAnyoneListen: boolean;
}): PreparedUsers {
  const password = readAccess(dir).ownCollector?.password ?? newSecret();
  const access: Access = { ownCollector: collectorHost === null ? null : { host: collectorHost, password }, letsAnyoneListen };
  writeJson(filesIn(dir).access, access);
  writeUsers(dir);
  return {
    service: `${SERVICE_USER}:${servicePassword(dir)}`,
    ownCollector: access.ownCollector === null ? null : `${OWN_COLLECTOR_USER}:${password}`,
  };
}

function save(dir: string, credentials: readonly NatsCredentials[]): void {
  const files = filesIn(dir);
  writeJson(files.credentials, credentials);
  rmSync(files.oldCredentials, { force: true });
  writeUsers(dir);
}

/**
 * Makes credentials and writes the server's users. A running server reads them when told to (`reloadNats`).
 * Throws PerfwatchError('conflict') when the name is taken.
 */
export function addCredentials(dir: string, wanted: NewCredentials): NatsCredentials {
  const existing = listCredentials(dir);
  const names = [SERVICE_USER, OWN_COLLECTOR_USER, ANONYMOUS_USER, ...existing.map(({ name }) => name)];
  if (names.includes(wanted.name))
    throw new PerfwatchError('conflict', `There are credentials named ${wanted.name} already: choose another name, or revoke them first`);
  if (existing.length >= MAX_CREDENTIALS)
    throw new PerfwatchError('conflict', `There are ${MAX_CREDENTIALS} credentials already: revoke what is not used`);
  const added = credentialsSchema.parse({ ...wanted, password: newSecret(), createdAt: new Date().toISOString() });
  save(dir, [...existing, added]);
  return added;
}

/** Takes credentials away. Throws PerfwatchError('not_found') when there are none of that kind and name. */
export function removeCredentials(dir: string, { kind, name }: { kind: CredentialsKind; name: string }): void {
  const existing = listCredentials(dir);
  const kept = existing.filter((credentials) => credentials.name !== name || credentials.kind !== kind);
  if (kept.length === existing.length) throw new PerfwatchError('not_found', `There are no ${kind} credentials named ${name}`);
  save(dir, kept);
}
