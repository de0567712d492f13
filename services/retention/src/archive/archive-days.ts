import { PerfwatchError } from '@perfwatch/contract';
import { sqlStateOf, type Store } from '@perfwatch/store';
import { expiredSegments, type RawDay } from '../expiry/raw-days.ts';
import type { Cutoffs } from '../policy.ts';
import { forArchive, systemErrorOf } from './archive-error.ts';
import { addToManifest, archivedFilePath } from './archive-files.ts';
import { removeNewVersion, takeNames } from './durable-files.ts';
import { settleDay } from './settle-day.ts';
import { dayName, writeArchiveFile, type WrittenDay } from './write-day.ts';

export interface ArchiveDaysParts {
  store: Store;
  limits: Cutoffs;
  dataDir: string;
  signal: AbortSignal;
  mayGoOn: () => boolean;
}

export interface ArchivedDays {
  written: ReadonlyMap<RawDay, WrittenDay>;
  /** Collectors that cannot be read, and why. */
  unreadable: readonly string[];
}

/**
 * Archives what has expired of several collectors on one day, as far as there is time. First the next versions of the files are written,
 * then the manifest, and then they take their names: whenever it is ended, each file that the manifest describes is there.
 * Throws ArchiveError when the disk takes nothing; what it has not taken whole is in no manifest.
 */
export function archiveDays(parts: ArchiveDaysParts, days: readonly RawDay[]): Promise<ArchivedDays> {
  return forArchive(parts.dataDir, async () => {
    const [first] = days;
    if (first === undefined) return { written: new Map(), unreadable: [] };
    const { dataDir } = parts;
    const day = dayName(first.dayMs);
    try {
      await settleDay(dataDir, day);
    } catch (error) {
      if (!isUnreadable(error) || systemErrorOf(error) !== null) throw error;
      return { written: new Map(), unreadable: days.map((one) => staysBecause(one, error)) };
    }
    const archived = await writeNewVersions(parts, days);
    if (archived.written.size === 0) return archived;
    const files = [...archived.written.values()].map(({ file }) => file);
    await addToManifest(dataDir, day, files);
    await takeNames(
      files.map((file) => archivedFilePath(dataDir, day, file)),
      dataDir,
    );
    return archived;
  });
}

async function writeNewVersions(
  { store, limits, dataDir, signal, mayGoOn }: ArchiveDaysParts,
  days: readonly RawDay[],
): Promise<ArchivedDays> {
  const written = new Map<RawDay, WrittenDay>();
  const unreadable: string[] = [];
  try {
    for (const day of days) {
      if (!mayGoOn()) break;
      const segments = await expiredSegments(store, limits, day);
      if (segments.length === 0) continue;
      try {
        written.set(day, await writeArchiveFile(store, { dataDir, day, segments, signal }));
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        unreadable.push(staysBecause(day, error));
      }
    }
  } catch (error) {
    for (const day of written.keys()) await removeNewVersion(archivedFilePath(dataDir, dayName(day.dayMs), day));
    throw error;
  }
  return { written, unreadable };
}

/** A damaged segment, archive file or manifest, rather than a disk that takes nothing or a database that is away. */
function isUnreadable(error: unknown): error is PerfwatchError {
  return error instanceof PerfwatchError && error.code === 'internal' && sqlStateOf(error) === null;
}

function staysBecause({ host, collector, dayMs }: RawDay, error: PerfwatchError): string {
  return `${collector} of ${host}, ${dayName(dayMs)}, stays: ${error.message}`;
}
