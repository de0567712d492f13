import {
  MAX_BACKFILL_SECONDS,
  parseInput,
  PerfwatchError,
  sampleStatusSchema,
  subscriptionSchema,
  type Actions,
  type Metrics,
  type Sample,
} from '@perfwatch/contract';
import type { Queryable, StoredSample } from '@perfwatch/store';
import type { Deadline } from './reading/deadline.ts';
import { TimedReads } from './reading/timed-reads.ts';
import { RecentBounds } from './recent-bounds.ts';
import { sealedSince, type RecentFilter } from './recent-segments.ts';

const MAX_SAMPLES = 50_000;
/** Most bytes of metrics, as stored in rows: a machine with many cores has Samples of tens of kilobytes. */
const MAX_BYTES = 32 * 1024 * 1024;

/** By collector, because the index of `sample` begins with host and collector; the newest within both bounds. */
const HOT = `
  SELECT host, collector, floor(extract(epoch FROM ts) * 1000)::float8 AS "tsMs", run, seq::float8 AS seq, interval_ms AS "intervalMs",
         elapsed_ms AS "elapsedMs", status, reason, metrics::text AS metrics, size
    FROM (
    SELECT s.*, pg_column_size(s.metrics) AS size,
           row_number() OVER newest AS position, sum(pg_column_size(s.metrics)) OVER newest AS bytes
      FROM collector_state c
     CROSS JOIN LATERAL (SELECT * FROM sample WHERE host = c.host AND collector = c.collector AND ts >= $1) s
     WHERE c.last_sample >= $1 AND ($2::text[] IS NULL OR c.host = ANY ($2)) AND ($3::text[] IS NULL OR c.collector = ANY ($3))
    WINDOW newest AS (ORDER BY s.ts DESC, s.host, s.collector ROWS UNBOUNDED PRECEDING)) recent
   WHERE position <= $4 AND bytes <= $5`;

interface HotSample extends Omit<StoredSample, 'metrics'> {
  host: string;
  collector: string;
  metrics: string;
  size: number;
}

/**
 * Samples of the last seconds as they were published, oldest first, hot and sealed. Where they are more than the bounds allow, the
 * newest whole seconds. Throws PerfwatchError('bad_input') for seconds that are no number.
 */
export async function recentSamples(
  { connection, deadline }: { connection: Queryable; deadline: Deadline },
  params: Actions['history.recent']['params'],
  nowMs: number,
): Promise<Sample[]> {
  const { seconds, ...wanted } = params;
  const { hosts = null, collectors = null } = parseInput(subscriptionSchema, wanted, 'recent samples');
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new PerfwatchError('bad_input', 'seconds must be 0 or more', { issues: [{ path: 'seconds', message: 'must be 0 or more' }] });
  }
  const sinceMs = nowMs - Math.min(seconds, MAX_BACKFILL_SECONDS) * 1000;
  const filter: RecentFilter = { sinceMs, hosts, collectors };
  const reads = new TimedReads(connection, deadline);
  const bounds = new RecentBounds({ sinceMs, samples: MAX_SAMPLES, bytes: MAX_BYTES });
  const hot = await reads.run((own) => own.query<HotSample>(HOT, [new Date(sinceMs), hosts, collectors, MAX_SAMPLES, MAX_BYTES]));
  for (const { tsMs, size } of hot) bounds.note(tsMs, size);
  // Hot rows first: what leaves them meanwhile is sealed.
  const sealed = await sealedSince(reads, filter, bounds);
  const fromMs = sealed.isEmpty ? sinceMs : bounds.fromMs();
  const samples = new Map<string, Sample>();
  for (const { host, collector, sample } of await sealed.samplesFrom(fromMs)) keep(samples, toSample({ host, collector }, sample));
  for (const { host, collector, size: _, ...row } of hot) {
    if (deadline.isSliceOver) await deadline.pause();
    if (row.tsMs >= fromMs) keep(samples, toSample({ host, collector }, { ...row, metrics: JSON.parse(row.metrics) as Metrics }));
  }
  return [...samples.values()].sort(byTime);
}

/** The same Sample may be hot and sealed; what is sealed comes first and was stored first. */
function keep(samples: Map<string, Sample>, sample: Sample): void {
  const key = `${sample.ts} ${sample.host} ${sample.collector}`;
  if (!samples.has(key)) samples.set(key, sample);
}

function byTime(a: Sample, b: Sample): number {
  const texts: [string, string][] = [
    [a.ts, b.ts],
    [a.host, b.host],
    [a.collector, b.collector],
  ];
  const [x, y] = texts.find(([left, right]) => left !== right) ?? ['', ''];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** What the Sample left out is left out again. One that says its status says its reason, and one with an interval its elapsed time. */
function toSample(
  series: { host: string; collector: string },
  { tsMs, run, seq, intervalMs, elapsedMs, status, reason, metrics }: StoredSample,
): Sample {
  return {
    ...series,
    ts: new Date(tsMs).toISOString(),
    ...(run === null ? {} : { run }),
    ...(seq === null ? {} : { seq }),
    ...(intervalMs === null ? {} : { interval_ms: intervalMs }),
    ...(elapsedMs === null && intervalMs === null ? {} : { elapsed_ms: elapsedMs }),
    ...(status === null ? {} : { status: sampleStatusSchema.parse(status) }),
    ...(reason === null && status === null ? {} : { reason }),
    metrics,
  };
}
