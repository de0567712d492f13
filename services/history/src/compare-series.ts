import { formatMetricPath, setMetricAt, type CompareReply, type MetricPath, type Metrics } from '@perfwatch/contract';
import type { ComparedTable } from './compare-metrics.ts';
import { coarserStep } from './compare-step.ts';
import type { CompareWindows } from './compare-windows.ts';
import type { Deadline } from './reading/deadline.ts';
import type { TimeRange } from './time-range.ts';

/** A chart shows no more. */
const MOST_POINTS = 1000;
/** With fewer of them than that a series is no series: rather fewer paths. */
const FEWEST_POINTS = 20;
/** As many as a chart can show apart, and few enough for thousands of points in a reply. */
const DIGITS = 7;
/** A number of so many digits, with sign, point and exponent. */
const LONGEST_NUMBER = -1.234567e-300;
/** What a path takes in JSON beside its own text: quotes, braces, the number. */
const PATH_OVERHEAD_BYTES = 28;

type SeriesPoint = CompareReply['series_1'][number];

export interface SeriesRequest {
  windows: CompareWindows;
  /** Of the tables. */
  stepMs: number;
  first: ComparedTable;
  second: ComparedTable;
  /** What changed most first: where not all fit, the others are left out. As `formatMetricPath` writes them. */
  ranking: readonly string[];
  /** For both together. */
  maxBytes: number;
  deadline: Deadline;
}

export interface BothSeries {
  stepMs: number;
  first: SeriesPoint[];
  second: SeriesPoint[];
}

/** Means of both windows by offset, as finely as so many bytes of JSON allow. */
export async function buildSeries({ windows, stepMs, first, second, ranking, maxBytes, deadline }: SeriesRequest): Promise<BothSeries> {
  const chosen = new Set(pathsThatFit(ranking, maxBytes / 2 / FEWEST_POINTS));
  const columns = [first, second].map((table) => columnsOf(table, chosen));
  const [firstColumns = [], secondColumns = []] = columns;
  const pointBytes = Math.max(...columns.map((each) => bytesOfPoint(each.map(({ path }) => path))));
  const limit = Math.max(FEWEST_POINTS, Math.min(MOST_POINTS, Math.floor(maxBytes / 2 / pointBytes)));
  const coarseMs = coarserStep(windows, { finestMs: stepMs, limit });
  return {
    stepMs: coarseMs,
    first: await pointsOf({ table: first, columns: firstColumns, range: windows.first, stepMs: coarseMs, deadline }),
    second: await pointsOf({ table: second, columns: secondColumns, range: windows.second, stepMs: coarseMs, deadline }),
  };
}

function pathsThatFit(ranking: readonly string[], bytes: number): readonly string[] {
  let left = bytes;
  const end = ranking.findIndex((path) => (left -= Buffer.byteLength(path) + PATH_OVERHEAD_BYTES) < 0);
  return end === -1 ? ranking : ranking.slice(0, end);
}

interface SeriesColumn {
  path: MetricPath;
  index: number;
}

function columnsOf(table: ComparedTable, chosen: ReadonlySet<string>): SeriesColumn[] {
  return table.paths.map((path, index) => ({ path, index })).filter(({ path }) => chosen.has(formatMetricPath(path)));
}

/** The longest that a point with all of them may be. */
function bytesOfPoint(paths: readonly MetricPath[]): number {
  const data: Metrics = {};
  for (const path of paths) setMetricAt(data, path, LONGEST_NUMBER);
  return Buffer.byteLength(JSON.stringify({ offset_seconds: LONGEST_NUMBER, data })) + 1;
}

interface PointsRequest {
  table: ComparedTable;
  columns: readonly SeriesColumn[];
  range: TimeRange;
  stepMs: number;
  deadline: Deadline;
}

/**
 * Steps are aligned to 1970, like everything stored. The offset of one is how many steps after the one that holds the window's start it
 * lies: so both series share their offsets, each within a step of the truth, exactly where the window starts with a step.
 */
async function pointsOf({ table, columns, range, stepMs, deadline }: PointsRequest): Promise<SeriesPoint[]> {
  const origin = Math.floor(range.startMs / stepMs);
  const points: SeriesPoint[] = [];
  let from = 0;
  while (from < table.starts.length) {
    const step = stepAt(table, from, stepMs);
    let to = from + 1;
    while (to < table.starts.length && stepAt(table, to, stepMs) === step) to += 1;
    points.push({ offset_seconds: ((step - origin) * stepMs) / 1000, data: meansOf(table, columns, { from, to }) });
    from = to;
    if (deadline.isSliceOver) await deadline.pause();
  }
  return points;
}

const stepAt = ({ starts }: ComparedTable, bucket: number, stepMs: number) => Math.floor((starts[bucket] ?? 0) / stepMs);

/** Means over the buckets from `from` to before `to`; a path without a number there is left out. */
function meansOf(table: ComparedTable, columns: readonly SeriesColumn[], { from, to }: { from: number; to: number }): Metrics {
  const data: Metrics = {};
  for (const { path, index } of columns) {
    const mean = meanOver(table, index, { from, to });
    if (mean !== null) setMetricAt(data, path, Number(mean.toPrecision(DIGITS)));
  }
  return data;
}

function meanOver({ stats, sumUnit }: ComparedTable, index: number, { from, to }: { from: number; to: number }): number | null {
  const { sums = [], counts = [] } = stats[index] ?? {};
  let total = 0;
  for (let bucket = from; bucket < to; bucket += 1) total += counts[bucket] ?? 0;
  if (total === 0) return null;
  let mean = 0;
  // By parts of the mean: the sum of sums may leave the range of a double.
  for (let bucket = from; bucket < to; bucket += 1) mean += ((sums[bucket] ?? 0) / total) * sumUnit;
  return mean;
}
