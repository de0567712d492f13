import { parseInput, PerfwatchError } from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import { DAY_MS } from '../series.ts';
import { archiveDaySchema, archivedFilePath, readManifest, type ArchivedFile } from './archive-files.ts';
import { fileBytes } from './durable-files.ts';
import { restoreFile } from './restore-file.ts';
import { describedVersion } from './settle-day.ts';

export interface RestoreRequest {
  dataDir: string;
  /** `YYYY-MM-DD` */
  day: string;
  /** Null: all of them. */
  host: string | null;
  collector: string | null;
  /** How long the restored Samples are kept, from now. */
  keptDays: number;
}

/** What became of one file. */
export interface RestoredFile {
  host: string;
  collector: string;
  /** Hours that have raw Samples again. */
  hours: number;
  samples: number;
  /** Hours that had raw Samples already, and were left alone. */
  hoursPresent: number;
  keptUntil: string;
}

/**
 * Puts archived Samples back into the database, file by file; `onFile` is told of each. Files are checked before the first is restored.
 * Throws PerfwatchError: 'not_found' when nothing of the kind is archived, 'internal' when a file is not what its manifest says,
 * 'unavailable' when the database is away or a collector is being sealed for too long.
 */
export async function restoreArchive(store: Store, request: RestoreRequest, onFile: (file: RestoredFile) => void): Promise<void> {
  const { dataDir, keptDays } = request;
  const day = parseInput(archiveDaySchema, request.day, 'day');
  const files = await wantedFiles({ ...request, day });
  const verifiedFiles: { path: string; host: string; collector: string }[] = [];
  for (const file of files) {
    verifiedFiles.push({ path: await verified(dataDir, day, file), host: file.host, collector: file.collector });
  }
  const keptUntil = new Date(Date.now() + keptDays * DAY_MS);
  for (const file of verifiedFiles) {
    const outcome = await restoreFile(store, { ...file, keptUntil });
    onFile({ host: file.host, collector: file.collector, ...outcome, keptUntil: keptUntil.toISOString() });
  }
}

async function wantedFiles({ dataDir, day, host, collector }: RestoreRequest): Promise<ArchivedFile[]> {
  const files = (await readManifest(dataDir, day))?.files ?? [];
  const wanted = files.filter((file) => (host === null || file.host === host) && (collector === null || file.collector === collector));
  if (wanted.length > 0) return wanted;
  const what = [collector, host === null ? null : `of ${host}`].filter((part) => part !== null).join(' ');
  throw new PerfwatchError('not_found', `Nothing ${what === '' ? '' : `${what} `}is archived for ${day}`, {
    hint: 'perfwatch archive list says what there is.',
  });
}

/** The file as the manifest describes it. */
async function verified(dataDir: string, day: string, file: ArchivedFile): Promise<string> {
  const found = await describedVersion(dataDir, day, file);
  if (found !== null) return found;
  const path = archivedFilePath(dataDir, day, file);
  const isThere = (await fileBytes(path)) !== null;
  const message = isThere ? 'is damaged: its SHA-256 is not the one in manifest.json' : 'is in the manifest, but is not there';
  throw new PerfwatchError('internal', `${path} ${message}`, { hint: 'Restore it from a backup.' });
}
