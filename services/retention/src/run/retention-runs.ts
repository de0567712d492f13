import { retentionRunSchema, type RetentionRun } from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import type { StoredPolicy } from '../policy.ts';
import { epochMs, HOUR_MS } from '../series.ts';

/** Runs that are kept: four days of hourly ones. */
const RUNS_KEPT = 100;
const EVERY_MS = HOUR_MS;
/** After a run that did not do all: there was too much, or something failed. */
const AGAIN_MS = 5 * 60_000;
/** A changed policy deletes nothing before this is over: time to think again. */
const AFTER_CHANGE_MS = 10 * 60_000;

/** Keeps what a run did. */
export async function storeRun(store: Store, run: RetentionRun): Promise<void> {
  await store.query('INSERT INTO retention_run (started_at, finished_at, report) VALUES ($1, $2, $3::text::jsonb)', [
    run.started_at,
    run.finished_at,
    JSON.stringify(run),
  ]);
  await store.query(`DELETE FROM retention_run WHERE id <= (SELECT max(id) - ${RUNS_KEPT} FROM retention_run)`);
}

/** The newest run; null before the first, or when it is not one that this version understands. */
export async function lastRun(store: Store): Promise<RetentionRun | null> {
  const [row] = await store.query<{ report: unknown }>('SELECT report FROM retention_run ORDER BY id DESC LIMIT 1');
  return retentionRunSchema.safeParse(row?.report).data ?? null;
}

/**
 * When the next scheduled run is due: an hour after the last, or sooner if that did not do all, and not right after a change of the
 * policy; at once when there was none.
 */
export async function nextRunMs(store: Store, { changedAtMs }: StoredPolicy, nowMs: number): Promise<number> {
  const [row] = await store.query<{ startedMs: number; finished: boolean }>(
    `SELECT ${epochMs('started_at')} AS "startedMs", (report->>'finished')::boolean AS finished FROM retention_run ORDER BY id DESC LIMIT 1`,
  );
  const dueMs = row === undefined ? nowMs : row.startedMs + (row.finished ? EVERY_MS : AGAIN_MS);
  return Math.max(nowMs, dueMs, changedAtMs === null ? 0 : changedAtMs + AFTER_CHANGE_MS);
}

/** When the next scheduled run would be due if the policy were changed now. */
export function nextRunAfterChangeMs(nextMs: number, nowMs: number): number {
  return Math.max(nextMs, nowMs + AFTER_CHANGE_MS);
}
