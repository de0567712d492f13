import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

const DIRECTORY_MODE = 0o700;

/** Where the next version of a file is until it takes the name. */
export const newVersionOf = (path: string): string => `${path}.new`;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null);
export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Bytes of a file; null when it is not there. */
export async function fileBytes(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** SHA-256 of a file in hexadecimal digits; null when it is not there. */
export async function fileSha256(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  return hash.digest('hex');
}

/** Has `write` write the next version of a file and bring it to disk; it takes the name with `takeName`. */
export async function writeNewVersion<T>(path: string, write: (newVersion: string) => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  return write(newVersionOf(path)).catch(async (error: unknown) => {
    await removeNewVersion(path);
    throw error;
  });
}

/** What a full disk needs least. */
export async function removeNewVersion(path: string): Promise<void> {
  await rm(newVersionOf(path), { force: true });
}

/** The next versions of files take their names, each in one step, and are there after a crash. The files are below `root`. */
export async function takeNames(paths: readonly string[], root: string): Promise<void> {
  for (const path of paths) await rename(newVersionOf(path), path);
  for (const directory of directoriesUpTo(paths, root)) await syncDirectory(directory);
}

/** Directories of files, and all above them up to `root`, deepest first: an entry lasts once the directory that has it is on disk. */
export function directoriesUpTo(paths: readonly string[], root: string): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    for (let directory = dirname(path); !relative(root, directory).startsWith('..'); directory = dirname(directory)) found.add(directory);
  }
  return [...found].sort((a, b) => b.length - a.length);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
