import type { RetentionPolicy, RetentionRun } from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import { ArchiveError } from '../archive/archive-error.ts';
import { expireRaw, nothingExpired } from '../expiry/expire-raw.ts';
import { expireAnnotations, expireRollUps } from '../expiry/expire-rows.ts';
import { cutoffs } from '../policy.ts';
import { noSealing, type SealingCounts } from '../sealing/sealer.ts';
import { iso } from '../series.ts';

/** Most time of a run: whoever asked for it waits. What one collector's hour or day takes is added to it. */
const RUN_MS = 50_000;
/** Of which sealing takes no more than half: a backlog must not keep old rows from going. */
const SEALING_MS = 25_000;

export interface RunParts {
  store: Store;
  policy: RetentionPolicy;
  dataDir: string;
  signal: AbortSignal;
  seal: (mayGoOn: () => boolean) => Promise<SealingCounts>;
  /** What could not be sealed, if anything. */
  faultOfSealing: () => string | null;
  nowMs: number;
}

/** What a run came to, with what went wrong with the archive apart: it lasts until a run could do it. */
export interface RunOutcome {
  run: RetentionRun;
  archiveFault: string | null;
  /** Days of collectors that stay because they cannot be read, and why. */
  unreadable: readonly string[];
}

const identity = (value: unknown): unknown => value;
const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Seals what is to be sealed, archives and deletes what the policy no longer keeps. A step that fails is said and does not keep the others
 * from it.
 */
export async function runRetention({ store, policy, dataDir, signal, seal, faultOfSealing, nowMs }: RunParts): Promise<RunOutcome> {
  const startedMs = performance.now();
  const mayGoOnFor = (spanMs: number) => () => !signal.aborted && performance.now() - startedMs < spanMs;
  const mayGoOn = mayGoOnFor(RUN_MS);
  const limits = cutoffs(policy, nowMs);
  const errors: string[] = [];
  const orElse =
    <T>(value: T) =>
    (error: unknown): T => {
      errors.push(reasonOf(error));
      return value;
    };
  const sealing = await seal(mayGoOnFor(SEALING_MS)).catch(orElse({ ...noSealing(), isComplete: false }));
  const notSealed = faultOfSealing();
  if (notSealed !== null) errors.push(notSealed);
  const archiveIn = policy.archive_enabled ? dataDir : null;
  const raw = nothingExpired();
  const rawError: unknown = await expireRaw({ store, limits, archiveIn, signal, mayGoOn }, raw).then(() => null, identity);
  if (rawError !== null) errors.push(reasonOf(rawError));
  errors.push(...raw.unreadable);
  const archiveFault = rawError instanceof ArchiveError ? rawError.message : null;
  const nothing = { count: 0, bytes: 0, isComplete: false };
  // As long as raw Samples have to stay, what was made of them does too.
  const mayExpire = () => rawError === null && mayGoOn();
  const rollUps = await expireRollUps(store, limits, mayExpire).catch(orElse(nothing));
  const annotations = await expireAnnotations(store, limits, mayExpire).catch(orElse(nothing));
  const run: RetentionRun = {
    started_at: iso(nowMs),
    finished_at: iso(nowMs + Math.round(performance.now() - startedMs)),
    sealed_series: sealing.series,
    sealed_samples: sealing.samples,
    late_samples_dropped: sealing.late,
    partitions_dropped: sealing.partitionsDropped,
    raw_segments_deleted: raw.segments,
    raw_samples_deleted: raw.samples,
    rollup_segments_deleted: rollUps.count,
    archived_files: raw.archivedFiles,
    archived_samples: raw.archivedSamples,
    bytes_freed: sealing.bytesFreed + raw.bytes + rollUps.bytes,
    finished: [sealing, raw, rollUps, annotations].every(({ isComplete }) => isComplete),
    error: errors[0] ?? null,
  };
  return { run, archiveFault, unreadable: raw.unreadable };
}
