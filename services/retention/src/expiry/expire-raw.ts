import type { Store } from '@perfwatch/store';
import { archiveDays, type ArchivedDays } from '../archive/archive-days.ts';
import type { Cutoffs } from '../policy.ts';
import { deleteRawDay, expiredRawDays, type RawDay } from './raw-days.ts';

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
  /** That were not in the archive before. */
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
  let waiting = 0;
  let last: RawDay | null = null;
  for (;;) {
    const days: RawDay[] = await expiredRawDays(store, limits, { after: last, limit: LISTED_DAYS });
    for (const batch of batchesOf(days)) {
      if (!mayGoOn()) return;
      const left = await expireBatch(parts, batch, total);
      if (left === null) return;
      waiting += left;
    }
    last = days.at(-1) ?? last;
    if (days.length < LISTED_DAYS) break;
  }
  total.isComplete = waiting === 0;
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
  const nothing: ArchivedDays = { written: new Map(), unreadable: [] };
  const { written, unreadable } = archiveIn === null ? nothing : await archiveDays({ ...parts, dataDir: archiveIn }, batch);
  total.unreadable.push(...unreadable);
  for (const { addedSamples } of written.values()) {
    total.archivedFiles += 1;
    total.archivedSamples += addedSamples;
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
