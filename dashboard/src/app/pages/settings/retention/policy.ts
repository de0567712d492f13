import { MAX_RETENTION_DAYS, type RetentionDeletion, type RetentionPolicy, type RetentionRun } from '@perfwatch/contract';
import { figureText } from '../../../format/format.ts';

/** A policy as it is being typed. */
export type PolicyDraft = { [K in keyof RetentionPolicy]: RetentionPolicy[K] | (RetentionPolicy[K] extends number ? null : never) };

export interface PolicyFaults {
  downsample_after_days: string | null;
  retention_days: string | null;
}

const daysFault = (days: number | null): string | null =>
  days !== null && Number.isInteger(days) && days >= 1 && days <= MAX_RETENTION_DAYS
    ? null
    : `A whole number from 1 to ${MAX_RETENTION_DAYS}.`;

/** What is wrong with each field; null where nothing is. */
export function policyFaults({ downsample_after_days: rawDays, retention_days: allDays }: PolicyDraft): PolicyFaults {
  const isShorter = rawDays !== null && allDays !== null && allDays < rawDays;
  return {
    downsample_after_days: daysFault(rawDays),
    retention_days: daysFault(allDays) ?? (isShorter ? `Not shorter than raw Samples (${rawDays} days).` : null),
  };
}

/** What a draft changes; null when nothing, or when it may not be. */
export function policyChange(inForce: RetentionPolicy, draft: PolicyDraft): Partial<RetentionPolicy> | null {
  const faults = policyFaults(draft);
  if (faults.downsample_after_days !== null || faults.retention_days !== null) return null;
  const changed: Partial<RetentionPolicy> = {
    ...(draft.downsample_after_days === null || draft.downsample_after_days === inForce.downsample_after_days
      ? {}
      : { downsample_after_days: draft.downsample_after_days }),
    ...(draft.retention_days === null || draft.retention_days === inForce.retention_days ? {} : { retention_days: draft.retention_days }),
    ...(draft.downsample_interval === inForce.downsample_interval ? {} : { downsample_interval: draft.downsample_interval }),
    ...(draft.archive_enabled === inForce.archive_enabled ? {} : { archive_enabled: draft.archive_enabled }),
  };
  return Object.keys(changed).length === 0 ? null : changed;
}

const counted = (count: number, one: string, many: string) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** What the next run deletes, a line each; empty when nothing. */
export function deletionLines(deletion: RetentionDeletion, moment: (timeMs: number) => string): string[] {
  const before = (iso: string) => moment(Date.parse(iso));
  const raw = `${counted(deletion.raw_samples, 'raw Sample', 'raw Samples')} from before ${before(deletion.raw_before)}, ${figureText(deletion.raw_bytes, 'bytes')}`;
  const kept = deletion.archived_first ? '; written to the archive first' : '';
  const rolled = `${counted(deletion.rollup_segments, 'roll-up segment', 'roll-up segments')} from before ${before(deletion.rollups_before)}, ${figureText(deletion.rollup_bytes, 'bytes')}`;
  return [...(deletion.raw_samples === 0 ? [] : [raw + kept]), ...(deletion.rollup_segments === 0 ? [] : [rolled])];
}

/** What a run did, a line each. */
export function runLines(run: RetentionRun): string[] {
  const did = [
    [
      run.sealed_series,
      `${counted(run.sealed_series, 'closed hour', 'closed hours')} of collectors compressed, ${counted(run.sealed_samples, 'Sample', 'Samples')}`,
    ],
    [run.partitions_dropped, `${counted(run.partitions_dropped, 'hour', 'hours')} of hot rows dropped`],
    [run.archived_files, `${counted(run.archived_files, 'file', 'files')} archived, ${counted(run.archived_samples, 'Sample', 'Samples')}`],
    [run.raw_segments_deleted, `${counted(run.raw_samples_deleted, 'raw Sample', 'raw Samples')} deleted`],
    [run.rollup_segments_deleted, `${counted(run.rollup_segments_deleted, 'roll-up segment', 'roll-up segments')} deleted`],
    [
      run.late_samples_dropped,
      `${counted(run.late_samples_dropped, 'Sample', 'Samples')} came after raw ones of that time had expired, and were dropped`,
    ],
    [run.bytes_freed, `${figureText(run.bytes_freed, 'bytes')} freed`],
  ] as const;
  const lines = did.flatMap(([count, line]) => (count === 0 ? [] : [line]));
  return lines.length === 0 ? ['There was nothing to do.'] : lines;
}
