import type { RetentionDeletion, RetentionPolicy } from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import { EXPIRED_RAW, EXPIRED_ROLLUPS, rawParameters, rollUpParameters } from '../expiry/expired-rows.ts';
import { cutoffs } from '../policy.ts';
import { iso } from '../series.ts';

/** What a run at `runMs` deletes under the policy, of what is stored now. */
export async function willDelete(store: Store, policy: RetentionPolicy, runMs: number): Promise<RetentionDeletion> {
  const limits = cutoffs(policy, runMs);
  const [raw] = await store.query<{ samples: number; bytes: number }>(
    `SELECT coalesce(sum(sample_count), 0)::float8 AS samples, coalesce(sum(octet_length(data)), 0)::float8 AS bytes
       FROM raw_segment WHERE ${EXPIRED_RAW}`,
    rawParameters(limits),
  );
  const [rollUps] = await store.query<{ segments: number; bytes: number }>(
    `SELECT count(*)::int AS segments, coalesce(sum(octet_length(data)), 0)::float8 AS bytes FROM rollup_segment WHERE ${EXPIRED_ROLLUPS}`,
    rollUpParameters(limits),
  );
  return {
    raw_samples: raw?.samples ?? 0,
    raw_bytes: raw?.bytes ?? 0,
    rollup_segments: rollUps?.segments ?? 0,
    rollup_bytes: rollUps?.bytes ?? 0,
    raw_before: iso(limits.rawBeforeMs),
    rollups_before: iso(limits.rollUpsBeforeMs),
    archived_first: policy.archive_enabled,
  };
}
