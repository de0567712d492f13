import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PerfwatchError } from '@perfwatch/contract';
import { z } from 'zod';
import { readPrivateJson, writePrivateJson } from './private-json.ts';
import { identify, isAlive, processIdentitySchema, type ProcessIdentity } from './process-identity.ts';

/** Rises when an older PerfWatch could no longer work with what a newer one wrote. */
const DATA_FORMAT = 1;

const versionSchema = z.object({ format: z.number().int() });

/** Files of the data directory. */
export const dataPaths = (dataDir: string) => ({
  lock: join(dataDir, 'lock.json'),
  version: join(dataDir, 'version.json'),
  /** What is running, for other commands. */
  instance: join(dataDir, 'run.json'),
  nats: join(dataDir, 'nats'),
  postgres: join(dataDir, 'postgres'),
  /** Compiled modules of the service processes: a warm start takes a third of the time, and the type stripper is not loaded. */
  compileCache: join(dataDir, 'compile-cache'),
});

/** The exclusive use of a data directory. */
export interface DataDirectory {
  release(): void;
}

function unwritable(dataDir: string, cause: unknown): PerfwatchError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PerfwatchError(
    'unavailable',
    `The data directory ${dataDir} cannot be written to (${reason}): set PERFWATCH_DATA_DIR to a directory that can`,
    { cause },
  );
}

/** Who holds the data directory now; null when nobody does. */
export function lockHolder(dataDir: string): ProcessIdentity | null {
  const holder = readPrivateJson(dataPaths(dataDir).lock, processIdentitySchema);
  return holder !== null && isAlive(holder) ? holder : null;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

/** mkdir -p. Node's own recursive one never returns where the kernel answers ENOENT for a directory whose parent is there, as below /proc. */
function makeDirectory(path: string, mode: number): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (!existsSync(parent)) makeDirectory(parent, 0o755);
  mkdirSync(path, { mode });
}

/** Creates the lock with its contents in one step: link(2) fails where it exists. */
function createLock(path: string): boolean {
  const own = `${path}.${process.pid}.new`;
  writeFileSync(own, JSON.stringify(identify(process.pid)), { mode: 0o600 });
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a lock away whose holder has ended; puts it back when somebody took it over in between. */
function removeStaleLock(path: string): void {
  const moved = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, moved);
  } catch {
    return;
  }
  const holder = readPrivateJson(moved, processIdentitySchema);
  if (holder !== null && isAlive(holder)) linkSync(moved, path);
  rmSync(moved);
}

function lock(dataDir: string): void {
  const { lock: path } = dataPaths(dataDir);
  if (lockHolder(dataDir) === null && existsSync(path)) removeStaleLock(path);
  if (createLock(path)) return;
  const holder = lockHolder(dataDir);
  throw new PerfwatchError(
    'conflict',
    `PerfWatch is already running on ${dataDir}${holder === null ? '' : ` (process ${holder.pid})`}: stop it first, or set PERFWATCH_DATA_DIR to another directory`,
  );
}

function checkVersion(dataDir: string): void {
  const { version } = dataPaths(dataDir);
  const found = readPrivateJson(version, versionSchema)?.format ?? DATA_FORMAT;
  if (found > DATA_FORMAT) {
    throw new PerfwatchError(
      'conflict',
      `The data directory ${dataDir} was written by a newer PerfWatch (format ${found}, this one knows ${DATA_FORMAT}): update PerfWatch, or set PERFWATCH_DATA_DIR to another directory`,
    );
  }
  if (found !== DATA_FORMAT || !existsSync(version)) writePrivateJson(version, { format: DATA_FORMAT });
}

/**
 * Makes the data directory when it is missing and takes it for this process alone.
 * Throws PerfwatchError: 'unavailable' when it cannot be written to, 'conflict' when another process has it or a newer PerfWatch wrote it.
 */
export function openDataDirectory(dataDir: string): DataDirectory {
  try {
    // PostgreSQL's own user must pass through; every file inside is closed to it.
    makeDirectory(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
    lock(dataDir);
  } catch (error) {
    throw error instanceof PerfwatchError ? error : unwritable(dataDir, error);
  }
  const release = () => rmSync(dataPaths(dataDir).lock, { force: true });
  try {
    checkVersion(dataDir);
  } catch (error) {
    release();
    throw error instanceof PerfwatchError ? error : unwritable(dataDir, error);
  }
  return { release };
}
