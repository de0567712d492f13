import {
  MAX_BACKFILL_SECONDS,
  parseInput,
  PerfwatchError,
  subscriptionSchema,
  type Actions,
  type Metrics,
  type Sample,
  type SampleStatus,
} from '@perfwatch/contract';
import type { Store } from '@perfwatch/store';

const MAX_SAMPLES = 50_000;
/** Most bytes of metrics, as stored: a machine with many cores has Samples of tens of kilobytes. */
const MAX_BYTES = 32 * 1024 * 1024;

interface SampleRow {
  host: string;
  collector: string;
  ts: Date;
  run: string | null;
  seq: string | null;
  interval_ms: number | null;
  elapsed_ms: number | null;
  status: SampleStatus | null;
  reason: string | null;
  metrics: Metrics;
}

/** By collector, because the index of `sample` begins with host and collector; the newest within both bounds. */
const RECENT = `
  SELECT host, collector, ts, run, seq, interval_ms, elapsed_ms, status, reason, metrics FROM (
    SELECT s.*, row_number() OVER newest AS position, sum(pg_column_size(s.metrics)) OVER newest AS bytes
      FROM collector_state c
     CROSS JOIN LATERAL (SELECT * FROM sample WHERE host = c.host AND collector = c.collector AND ts >= $1) s
     WHERE c.last_sample >= $1 AND ($2::text[] IS NULL OR c.host = ANY ($2)) AND ($3::text[] IS NULL OR c.collector = ANY ($3))
    WINDOW newest AS (ORDER BY s.ts DESC, s.host, s.collector ROWS UNBOUNDED PRECEDING)) recent
   WHERE position <= $4 AND bytes <= $5
   ORDER BY ts, host, collector`;

/** Samples of the last seconds as they were published, oldest first. Throws PerfwatchError('bad_input') for seconds that are no number. */
export async function recentSamples(store: Store, params: Actions['history.recent']['params'], nowMs: number): Promise<Sample[]> {
  const { seconds, ...wanted } = params;
  const { hosts = null, collectors = null } = parseInput(subscriptionSchema, wanted, 'recent samples');
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new PerfwatchError('bad_input', 'seconds must be 0 or more', { issues: [{ path: 'seconds', message: 'must be 0 or more' }] });
  }
  const since = new Date(nowMs - Math.min(seconds, MAX_BACKFILL_SECONDS) * 1000);
  const rows = await store.query<SampleRow>(RECENT, [since, hosts, collectors, MAX_SAMPLES, MAX_BYTES]);
  return rows.map(toSample);
}

/** What the Sample left out is left out again. One that says its status says its reason, and one with an interval its elapsed time. */
function toSample({ host, collector, ts, run, seq, interval_ms, elapsed_ms, status, reason, metrics }: SampleRow): Sample {
  return {
    host,
    collector,
    ts: ts.toISOString(),
    ...(run === null ? {} : { run }),
    ...(seq === null ? {} : { seq: Number(seq) }),
    ...(interval_ms === null ? {} : { interval_ms }),
    ...(elapsed_ms === null && interval_ms === null ? {} : { elapsed_ms }),
    ...(status === null ? {} : { status }),
    ...(reason === null && status === null ? {} : { reason }),
    metrics,
  };
}
