import type { CompareWindows } from './compare-windows.ts';
import type { MetricPattern } from './metric-pattern.ts';
import { lowerBound } from './reading/blocks.ts';
import type { BucketTable, SeriesReader } from './reading/series-reader.ts';
import type { TimeRange } from './time-range.ts';

export interface TablesRequest {
  host: string;
  collector: string;
  windows: CompareWindows;
  stepMs: number;
  patterns: readonly MetricPattern[] | null;
  reader: SeriesReader;
}

/** What one collector has in either window. Windows that touch are read at once: a week against the one before it is most often asked. */
export async function readBothTables({
  windows,
  stepMs,
  patterns,
  reader,
  ...series
}: TablesRequest): Promise<{ first: BucketTable; second: BucketTable }> {
  const { first, second } = windows;
  const read = ({ startMs, endMs }: TimeRange) =>
    // Before 1970 there is nothing, and PostgreSQL has no year 0.
    reader.buckets({ ...series, startMs: Math.max(0, startMs), endMs: Math.max(0, endMs) }, { stepMs, patterns });
  const areWhole = [first, second].every(({ startMs, endMs }) => startMs % stepMs === 0 && endMs % stepMs === 0);
  const startMs = Math.min(first.startMs, second.startMs);
  const endMs = Math.max(first.endMs, second.endMs);
  const doTouch = endMs - startMs <= first.endMs - first.startMs + (second.endMs - second.startMs);
  if (!areWhole || !doTouch) return { first: await read(first), second: await read(second) };
  const both = await read({ startMs, endMs });
  return { first: partOf(both, first), second: partOf(both, second) };
}

function partOf({ starts, stats, ...table }: BucketTable, { startMs, endMs }: TimeRange): BucketTable {
  const [from, to] = [lowerBound(starts, startMs), lowerBound(starts, endMs)];
  const part = (values: Float64Array) => values.subarray(from, to);
  return {
    ...table,
    starts: part(starts),
    stats: stats.map(({ sums, counts, mins, maxs }) => ({ sums: part(sums), counts: part(counts), mins: part(mins), maxs: part(maxs) })),
  };
}
