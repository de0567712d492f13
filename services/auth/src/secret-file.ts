import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PerfwatchError } from '@perfwatch/contract';

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

/** Where a secret of this name is kept. */
export const secretPath = (dataDir: string, name: string): string => join(dataDir, 'secrets', name);

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

function cannotUse(path: string, cause: unknown): PerfwatchError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PerfwatchError('unavailable', `Cannot use ${path}: ${reason}`, {
    hint: 'Set PERFWATCH_DATA_DIR to a directory that this user may write to',
    cause,
  });
}

/** The secret without the line's end; null when there is no such file. Throws PerfwatchError('unavailable') when it cannot be read. */
export async function readSecretFile(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw cannotUse(path, error);
  }
}

/**
 * Makes the file, readable by its owner alone, unless it is there; returns whether it did. It appears under its name with all
 * of its contents or not at all, so that whoever loses the race may read it at once.
 */
export async function createSecretFile(path: string, secret: string): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    await writeFile(draft, `${secret}\n`, { flag: 'wx', mode: OWNER_ONLY_FILE, flush: true });
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw cannotUse(path, error);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Puts another secret into the file, as a whole: whoever reads it meanwhile has the one or the other. */
export async function replaceSecretFile(path: string, secret: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    await writeFile(draft, `${secret}\n`, { flag: 'wx', mode: OWNER_ONLY_FILE, flush: true });
    await rename(draft, path);
  } catch (error) {
    throw cannotUse(path, error);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes the file; no matter if it is not there. */
export async function removeSecretFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw cannotUse(path, error);
  }
}
