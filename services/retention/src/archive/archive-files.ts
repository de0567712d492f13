import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PerfwatchError, subjectTokenSchema } from '@perfwatch/contract';
import { z } from 'zod';
import { isMissing, reasonOf, takeNames, writeNewVersion } from './durable-files.ts';

const FILE_MODE = 0o600;

const timeSchema = z.iso.datetime();

/** A file of an archived day: every Sample of one collector. */
const archivedFileSchema = z.object({
  host: subjectTokenSchema,
  collector: subjectTokenSchema,
  samples: z.number().int().min(0),
  bytes: z.number().int().min(0),
  first: timeSchema,
  last: timeSchema,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ArchivedFile = z.infer<typeof archivedFileSchema>;

/** `YYYY-MM-DD` */
export const archiveDaySchema = z.iso.date({ error: 'must be a day, such as 2026-11-23' });
const manifestSchema = z.object({ day: archiveDaySchema, files: z.array(archivedFileSchema) });
/** `manifest.json` of a day: what the day's files hold. */
export type ArchiveManifest = z.infer<typeof manifestSchema>;

const MANIFEST = 'manifest.json';

/** Where the days are. */
export const archiveDirectory = (dataDir: string): string => join(dataDir, 'archive');

/** `<data directory>/archive/2026-11-23/web-1/cpu.ndjson.zst` */
export function archivedFilePath(dataDir: string, day: string, { host, collector }: Pick<ArchivedFile, 'host' | 'collector'>): string {
  return join(archiveDirectory(dataDir), day, host, `${collector}.ndjson.zst`);
}

/** Null when the day was not archived. Throws PerfwatchError('internal') when the manifest cannot be read. */
export async function readManifest(dataDir: string, day: string): Promise<ArchiveManifest | null> {
  const path = join(archiveDirectory(dataDir), day, MANIFEST);
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return null;
    throw new PerfwatchError('internal', `${path} cannot be read: ${reasonOf(error)}`, {
      hint: 'Restore it from a backup, or move the day out of the way.',
      cause: error,
    });
  }
}

/** Every archived day, oldest first. None when nothing was ever archived. */
export async function readManifests(dataDir: string): Promise<ArchiveManifest[]> {
  const manifests: ArchiveManifest[] = [];
  for (const day of await daysIn(dataDir)) {
    const manifest = await readManifest(dataDir, day);
    if (manifest !== null) manifests.push(manifest);
  }
  return manifests;
}

async function daysIn(dataDir: string): Promise<string[]> {
  try {
    const names = await readdir(archiveDirectory(dataDir));
    return names.filter((name) => archiveDaySchema.safeParse(name).success).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Puts files into a day's manifest, in place of earlier ones of the same collectors. */
export async function addToManifest(dataDir: string, day: string, added: readonly ArchivedFile[]): Promise<void> {
  const key = ({ host, collector }: ArchivedFile) => `${host} ${collector}`;
  const files = new Map((await readManifest(dataDir, day))?.files.map((file) => [key(file), file]));
  for (const file of added) files.set(key(file), file);
  const sorted = [...files.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const text = `${JSON.stringify({ day, files: sorted }, null, 2)}\n`;
  const path = join(archiveDirectory(dataDir), day, MANIFEST);
  await writeNewVersion(path, (newVersion) => writeAndSync(newVersion, text));
  await takeNames([path], dataDir);
}

async function writeAndSync(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', FILE_MODE);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

export { FILE_MODE as ARCHIVE_FILE_MODE };
