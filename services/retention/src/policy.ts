import {
  DEFAULT_RETENTION,
  parseInput,
  PerfwatchError,
  rawKeptFromMs,
  RETENTION_SETTING,
  retentionPolicySchema,
  retentionUpdateSchema,
  type Actor,
  type RetentionPolicy,
} from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';
import { DAY_MS, dayOf } from './series.ts';

/** The policy, and when it was changed last; null for the one that is there from the start. */
export interface StoredPolicy {
  policy: RetentionPolicy;
  changedAtMs: number | null;
}

/** The stored policy. Throws PerfwatchError('internal') when it is not one that this version understands. */
export async function readPolicy(store: Store): Promise<StoredPolicy> {
  const setting = await store.settings.get(RETENTION_SETTING);
  if (setting === null) return { policy: DEFAULT_RETENTION, changedAtMs: null };
  return { policy: parsePolicy(setting.value), changedAtMs: setting.updatedAt.getTime() };
}

function parsePolicy(document: unknown): RetentionPolicy {
  const result = retentionPolicySchema.safeParse(document);
  if (result.success) return result.data;
  throw new PerfwatchError('internal', 'The stored retention policy cannot be read by this version of PerfWatch', {
    hint: `Start the version that wrote it, or delete the row "${RETENTION_SETTING}" of the table "setting" to begin with the defaults`,
    cause: result.error,
  });
}

/** `current` with `params` laid over it. Throws PerfwatchError('bad_input') that names what is wrong. */
export function changedPolicy(current: RetentionPolicy, params: unknown): { policy: RetentionPolicy; isDryRun: boolean } {
  const { dry_run: isDryRun = false, ...update } = parseInput(retentionUpdateSchema, params, 'retention');
  const policy = parsePolicy({ ...current, ...withoutUndefined(update) });
  if (policy.retention_days >= policy.downsample_after_days) return { policy, isDryRun };
  const message = `must be at least downsample_after_days (${policy.downsample_after_days}), but is ${policy.retention_days}`;
  throw new PerfwatchError('bad_input', `retention: retention_days ${message}`, { issues: [{ path: 'retention_days', message }] });
}

function withoutUndefined(update: object): object {
  return Object.fromEntries(Object.entries(update).filter(([, value]) => value !== undefined));
}

/** Stores it, unless it is what is there: a change puts the next run off. */
export async function storePolicy(store: Store, params: unknown, by: Actor): Promise<void> {
  const { policy } = await readPolicy(store);
  const changed = changedPolicy(policy, params).policy;
  if (JSON.stringify(parsePolicy(changed)) === JSON.stringify(parsePolicy(policy))) return;
  await store.settings.initialize(RETENTION_SETTING, DEFAULT_RETENTION);
  await store.atomically(async ({ settings, auditEvents }) => {
    const { value } = await settings.update(RETENTION_SETTING, (document) => changedPolicy(parsePolicy(document), params).policy);
    await auditEvents.write({ action: 'retention_changed', by, target: null, details: parsePolicy(value) });
  });
}

/** What is older than this goes; starts of UTC days. */
export interface Cutoffs {
  rawBeforeMs: number;
  rollUpsBeforeMs: number;
  /** Roll-ups by the minute: earlier than those by the hour where the policy keeps only these. */
  minutesBeforeMs: number;
}

/** A day goes as a whole, once all of it is older than the policy keeps. */
export function cutoffs({ downsample_after_days, downsample_interval, retention_days }: RetentionPolicy, nowMs: number): Cutoffs {
  const rawBeforeMs = rawKeptFromMs(downsample_after_days, nowMs);
  const rollUpsBeforeMs = dayOf(nowMs - retention_days * DAY_MS);
  return { rawBeforeMs, rollUpsBeforeMs, minutesBeforeMs: downsample_interval === '1h' ? rawBeforeMs : rollUpsBeforeMs };
}
