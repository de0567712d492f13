import type { Store } from '@perfwatch/store';
import type { Cutoffs } from '../policy.ts';
import { iso } from '../series.ts';
import { EXPIRED_ROLLUPS, rollUpParameters } from './expired-rows.ts';

/** Rows of one statement: some milliseconds, and few enough that nobody waits for their locks. */
const BATCH_ROWS = 1000;

export interface Deleted {
  count: number;
  bytes: number;
  isComplete: boolean;
}

interface Deletion {
  table: string;
  condition: string;
  parameters: readonly unknown[];
  /** Of one row. */
  bytes: string;
}

async function deleteInBatches(store: Store, { table, condition, parameters, bytes }: Deletion, mayGoOn: () => boolean): Promise<Deleted> {
  const deleted: Deleted = { count: 0, bytes: 0, isComplete: false };
  while (mayGoOn()) {
    const [batch] = await store.query<{ count: number; bytes: number }>(
      `WITH gone AS (
         DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${BATCH_ROWS}) RETURNING ${bytes} AS bytes)
       SELECT count(*)::int AS count, coalesce(sum(bytes), 0)::float8 AS bytes FROM gone`,
      parameters,
    );
    deleted.count += batch?.count ?? 0;
    deleted.bytes += batch?.bytes ?? 0;
    if ((batch?.count ?? 0) < BATCH_ROWS) return { ...deleted, isComplete: true };
  }
  return deleted;
}

/** Deletes the roll-ups that the policy no longer keeps, oldest or not, until `mayGoOn` says no. */
export function expireRollUps(store: Store, limits: Cutoffs, mayGoOn: () => boolean): Promise<Deleted> {
  const deletion = {
    table: 'rollup_segment',
    condition: EXPIRED_ROLLUPS,
    parameters: rollUpParameters(limits),
    bytes: 'octet_length(data)',
  };
  return deleteInBatches(store, deletion, mayGoOn);
}

/** Deletes the marks on the time axis that ended before everything else there is. */
export function expireAnnotations(store: Store, { rollUpsBeforeMs }: Cutoffs, mayGoOn: () => boolean): Promise<Deleted> {
  const deletion = {
    table: 'annotation',
    condition: 'coalesce(end_ts, ts) < $1',
    parameters: [iso(rollUpsBeforeMs)],
    bytes: '0',
  };
  return deleteInBatches(store, deletion, mayGoOn);
}
