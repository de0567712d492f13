import { PerfwatchError } from '@perfwatch/contract';
import { sqlStateOf, type Store } from '@perfwatch/store';
import { forArchive } from '../archive/archive-error.ts';
import { addToManifest, type ArchivedFile } from '../archive/archive-files.ts';
import { dayName, writeArchiveFile, type WrittenDay } from '../archive/write-day.ts';
import type { Cutoffs } from '../policy.ts';
import { deleteRawDay, expiredRawDays, expiredSegments, type RawDay } from './raw-days.ts';

/** Days listed at a time. */
const LISTED_DAYS = 1000;
/** Files written before their manifest is: a manifest is written whole each time, and brought to disk. */
const FILES_PER_MANIFEST = 32;

/** What was done, as far as it got. */
export interface ExpiredRaw {
  segments: number;
  samples: number;
  bytes: number;
  archivedFiles: number;
  archivedSamples: number;
  /** Days of collectors that stay because they cannot be read, and why. */
  unreadable: string[];
  isComplete: boolean;
}

export const nothingExpired = (): ExpiredRaw => {
  return { segments: 0, samples: 0, bytes: 0, archivedFiles: 0, archivedSamples: 0, unreadable: [], isComplete: false };
};

export interface ExpireRawParts {
  store: Store;
  limits: Cutoffs;
  /** The data directory whose archive gets what goes; null: nothing is archived. */
  archiveIn: string | null;
  signal: AbortSignal;
  mayGoOn: () => boolean;
}

/**
 * Deletes raw Samples that the policy no longer keeps, by collector and day, oldest first, and adds to `total` what it does; writes them to
 * the archive first if told so.
 * Throws ArchiveError when it cannot be written: then nothing is deleted that is not in it. A day of a collector that cannot be read stays, and
 * does not keep the others from going.
 */
export async function expireRaw(parts: ExpireRawParts, total: ExpiredRaw): Promise<void> {
  const { store, limits, mayGoOn } = parts;
  for (;;) {
    const before = total.segments;
    let waiting = 0;
    const days = await expiredRawDays(store, limits, LISTED_DAYS);
    for (const batch of batchesOf(days)) {
      if (!mayGoOn()) return;
      const left = await expireBatch(parts, batch, total);
      if (left === null) return;
      waiting += left;
    }
    total.isComplete = days.length < LISTED_DAYS && waiting === 0;
    // Days that have to wait would be listed again.
    if (days.length < LISTED_DAYS || total.segments === before) return;
  }
}

/** Days that share a manifest. */
function batchesOf(days: readonly RawDay[]): RawDay[][] {
  const batches: RawDay[][] = [];
  for (const day of days) {
    const last = batches.at(-1);
    if (last !== undefined && last[0]?.dayMs === day.dayMs && last.length < FILES_PER_MANIFEST) last.push(day);
    else batches.push([day]);
  }
  return batches;
}

/** How many of the days have to wait; null when the time was up before its end. */
async function expireBatch({ archiveIn, ...parts }: ExpireRawParts, batch: readonly RawDay[], total: ExpiredRaw): Promise<number | null> {
  const { store, limits, mayGoOn } = parts;
  const written =
    archiveIn === null ? new Map<RawDay, WrittenDay>() : await forArchive(archiveIn, () => archive(archiveIn, parts, batch, total));
  for (const { file } of written.values()) {
    total.archivedFiles += 1;
    total.archivedSamples += file.samples;
  }
  let waiting = 0;
  for (const day of batch) {
    const archived = written.get(day)?.segments ?? null;
    if (!mayGoOn() && archived === null) return null;
    if (archiveIn !== null && archived === null) {
      waiting += 1;
      continue;
    }
    const deleted = await deleteRawDay(store, { limits, day, archived });
    if (deleted === null) waiting += 1;
    total.segments += deleted?.segments ?? 0;
    total.samples += deleted?.samples ?? 0;
    total.bytes += deleted?.bytes ?? 0;
  }
  return waiting;
}

/** Files of the days, as far as there is time, and their manifest. */
async function archive(
  dataDir: string,
  { store, limits, signal, mayGoOn }: Omit<ExpireRawParts, 'archiveIn'>,
  batch: readonly RawDay[],
  total: ExpiredRaw,
): Promise<Map<RawDay, WrittenDay>> {
  const written = new Map<RawDay, WrittenDay>();
  const files: ArchivedFile[] = [];
  for (const day of batch) {
    if (!mayGoOn()) break;
    const segments = await expiredSegments(store, limits, day);
    if (segments.length === 0) continue;
    try {
      const outcome = await writeArchiveFile(store, { dataDir, day, segments, signal });
      written.set(day, outcome);
      files.push(outcome.file);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      total.unreadable.push(`${day.collector} of ${day.host}, ${dayName(day.dayMs)}, stays: ${error.message}`);
    }
  }
  const [first] = batch;
  if (first !== undefined && files.length > 0) await addToManifest(dataDir, dayName(first.dayMs), files);
  return written;
}

/** A damaged segment or archive file, rather than a disk that takes nothing or a database that is away. */
function isUnreadable(error: unknown): error is PerfwatchError {
  return error instanceof PerfwatchError && error.code === 'internal' && sqlStateOf(error) === null;
}
