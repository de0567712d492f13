import { archivedFilePath, readManifest, type ArchivedFile } from './archive-files.ts';
import { fileBytes, fileSha256, newVersionOf, removeNewVersion, takeNames } from './durable-files.ts';

/**
 * Ends what a crash may have left of a day: the manifest is written before the next versions of its files take their names, so those that
 * it describes do so now, and others go. Throws PerfwatchError('internal') when the manifest cannot be read.
 */
export async function settleDay(dataDir: string, day: string): Promise<void> {
  const settled: string[] = [];
  for (const file of (await readManifest(dataDir, day))?.files ?? []) {
    const path = archivedFilePath(dataDir, day, file);
    if ((await fileBytes(newVersionOf(path))) === null) continue;
    if ((await fileSha256(newVersionOf(path))) === file.sha256) settled.push(path);
    else await removeNewVersion(path);
  }
  await takeNames(settled, dataDir);
}

/** Where what the manifest says of a file is: under its name, or not yet. Null: nowhere. */
export async function describedVersion(dataDir: string, day: string, file: ArchivedFile): Promise<string | null> {
  const path = archivedFilePath(dataDir, day, file);
  for (const version of [path, newVersionOf(path)]) {
    if ((await fileSha256(version)) === file.sha256) return version;
  }
  return null;
}
