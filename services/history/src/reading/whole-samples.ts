import type { Metrics } from '@perfwatch/contract';
import type { StoredSample } from '@perfwatch/store';
import { lowerBound, RawBlock } from './blocks.ts';
import { ceilTo, floorTo, HOUR_MS, type SegmentRows } from './segment-rows.ts';
import type { SeriesRange } from './series-reader.ts';
import type { TimedReads } from './timed-reads.ts';

const ROWS = `
  SELECT floor(extract(epoch FROM ts) * 1000)::float8 AS "tsMs", run, seq::float8 AS seq, interval_ms AS "intervalMs",
         elapsed_ms AS "elapsedMs", status, reason, metrics::text AS metrics
    FROM sample WHERE host = $1 AND collector = $2 AND ts >= $3 AND ts < $4 ORDER BY ts LIMIT $5`;

type HotSample = Omit<StoredSample, 'metrics'> & { metrics: string };

/** The oldest Samples of a range, hot or sealed, ascending. */
export async function readWholeSamples(
  { reads, segmentRows }: { reads: TimedReads; segmentRows: SegmentRows },
  { range, limit }: { range: SeriesRange; limit: number },
): Promise<StoredSample[]> {
  const { host, collector, startMs, endMs } = range;
  const parameters = [host, collector, new Date(startMs), new Date(endMs), limit];
  const rows = await reads.run((connection) => connection.query<HotSample>(ROWS, parameters));
  const samples = new Map<number, StoredSample>();
  for (const row of rows) {
    if (reads.deadline.isSliceOver) await reads.deadline.pause();
    samples.set(row.tsMs, { ...row, metrics: JSON.parse(row.metrics) as Metrics });
  }
  const hours = { startMs: floorTo(startMs, HOUR_MS), endMs: ceilTo(endMs, HOUR_MS) };
  const segments = (await segmentRows.within(range, [hours])).filter(({ tier }) => tier === 'raw');
  let sealed = 0;
  for (let next = 0; next < segments.length && sealed < limit;) {
    const loaded = await segmentRows.load(range, segments.slice(next));
    for (const block of loaded.values()) {
      if (!(block instanceof RawBlock)) continue;
      for (let row = lowerBound(block.times, startMs); (block.times[row] ?? endMs) < endMs && sealed < limit; row += 1, sealed += 1) {
        if (reads.deadline.isSliceOver) await reads.deadline.pause();
        const sample = block.segment.sampleAt(row);
        samples.set(sample.tsMs, sample);
      }
    }
    next += loaded.size;
  }
  return [...samples.values()].sort((a, b) => a.tsMs - b.tsMs).slice(0, limit);
}
