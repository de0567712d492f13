import type { Cutoffs } from '../policy.ts';
import { iso } from '../series.ts';

/** Raw segments that go, for deleting as for telling beforehand. Parameters: `rawParameters`. */
export const EXPIRED_RAW = `hour < $1 AND (kept_until IS NULL OR kept_until <= now())`;

/** Roll-ups of what was restored from the archive stay with it. */
const IS_RESTORED = `EXISTS (
  SELECT 1 FROM raw_segment raw
   WHERE raw.host = rollup_segment.host AND raw.collector = rollup_segment.collector AND raw.kept_until > now()
     AND raw.start_ts >= rollup_segment.start_ts
     AND raw.start_ts < rollup_segment.start_ts + CASE resolution WHEN '1m' THEN interval '1 hour' ELSE interval '24 hours' END)`;

/** Roll-ups that go. Parameters: `rollUpParameters`. */
export const EXPIRED_ROLLUPS = `start_ts < CASE resolution WHEN '1m' THEN $1::timestamptz ELSE $2::timestamptz END AND NOT ${IS_RESTORED}`;

export const rawParameters = ({ rawBeforeMs }: Cutoffs) => [iso(rawBeforeMs)];
export const rollUpParameters = ({ minutesBeforeMs, rollUpsBeforeMs }: Cutoffs) => [iso(minutesBeforeMs), iso(rollUpsBeforeMs)];
