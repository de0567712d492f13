import type { MetricPath, MetricValue } from '@perfwatch/contract';
import type { SampleTable } from './sample-table.ts';

/** A stretch of time, both ends in milliseconds since the epoch. */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

/** Time and then one value per asked path. A row of nulls breaks the lines where samples are missing. */
export type FrameRow = [timeMs: number, ...values: MetricValue[]];

/** Samples further apart than this many intervals have a gap between them. */
const GAP_INTERVALS = 2.5;

/** Whether something is missing between a row and the one before it. */
export function isGapBefore(table: SampleTable, index: number, bucketMs: number): boolean {
  if (index === 0) return false;
  const intervalMs = Math.max(table.intervalAt(index) || 0, table.intervalAt(index - 1) || 0, bucketMs);
  return table.timeAt(index) - table.timeAt(index - 1) > GAP_INTERVALS * intervalMs;
}

/** Rows within `range` and one before it, so that lines begin at the edge. */
export function rowsIn(table: SampleTable, { fromMs, toMs }: TimeRange): { from: number; to: number } {
  return { from: Math.max(0, table.indexAt(fromMs) - 1), to: table.indexAt(toMs + 1) };
}

export interface FrameQuery {
  paths: readonly MetricPath[];
  range: TimeRange;
  bucketMs: number;
}

/** What a chart draws: the rows of `paths` within a range, in order of time. Gaps stay gaps. */
export function readFrame(table: SampleTable, { paths, range, bucketMs }: FrameQuery): FrameRow[] {
  const { from, to } = rowsIn(table, range);
  const rows: FrameRow[] = [];
  const rowOf = new Map<number, FrameRow>();
  for (let index = from; index < to; index++) {
    if (index > from && isGapBefore(table, index, bucketMs)) rows.push([table.timeAt(index - 1) + 1, ...paths.map(() => null)]);
    const row: FrameRow = [table.timeAt(index)];
    rows.push(row);
    rowOf.set(index, row);
  }
  for (const path of paths) table.eachValue(path, { from, to }, (value, index) => rowOf.get(index)?.push(value));
  return rows;
}

/** The row nearest to a moment, or null when none is within half a gap of it. */
export function nearestRow(table: SampleTable, timeMs: number, bucketMs: number): number | null {
  const after = table.indexAt(timeMs);
  const candidates = [after - 1, after].filter((index) => index >= 0 && index < table.length);
  const distance = (index: number) => Math.abs(table.timeAt(index) - timeMs);
  const [best] = candidates.sort((a, b) => distance(a) - distance(b));
  if (best === undefined) return null;
  const reachMs = (Math.max(table.intervalAt(best) || 0, bucketMs) * GAP_INTERVALS) / 2;
  return distance(best) <= reachMs ? best : null;
}
