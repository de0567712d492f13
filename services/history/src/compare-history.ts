import {
  compareQuerySchema,
  parseInput,
  PerfwatchError,
  RESOLUTIONS,
  type CompareQuery,
  type CompareReply,
  type MetricComparison,
} from '@perfwatch/contract';
import { formatInterval } from './bucket-interval.ts';
import { findCollectors, mostPaths, type ComparedCollector } from './compare-collectors.ts';
import { coverageOf, describeWindow, judgeWindows, unite, type BothCoverages } from './compare-coverage.ts';
import { compareTables, rankByChange, type ComparedTables } from './compare-metrics.ts';
import { buildSeries, type BothSeries } from './compare-series.ts';
import { readBothTables } from './compare-tables.ts';
import { statisticsStep } from './compare-step.ts';
import { parseWindows, type CompareWindows } from './compare-windows.ts';
import { parseFields, type MetricPattern } from './metric-pattern.ts';
import type { Deadline } from './reading/deadline.ts';
import { SeriesReader, TooManyValues, type ReadParts } from './reading/series-reader.ts';

/** NATS carries messages of up to 1 MB. */
const MAX_REPLY_BYTES = 900_000;
/** What the summary may take of that where there are series too. */
const MAX_BYTES_BESIDE_SERIES = 450_000;
const MAX_COMPARISONS = 2000;

/**
 * Two windows of a collector, or of all that a host has, held against each other.
 * Throws PerfwatchError: 'bad_input' and 'not_found' say what there is, 'unavailable' for what takes too long.
 */
export async function compareHistory(parts: ReadParts, params: CompareQuery, nowMs: number): Promise<CompareReply> {
  const query = parseInput(compareQuerySchema, params, 'comparison');
  const { connection, deadline } = parts;
  const windows = parseWindows(query, nowMs);
  const patterns = patternsOf(query);
  const reader = new SeriesReader(parts);
  const { host, collectors } = await findCollectors(connection, { host: query.host, collector: query.metric_type });
  const finestMs = statisticsStep(windows, await mostPaths(connection, { host, collectors, windows, patterns }));
  const request = { host, collectors, windows, stepMs: finestMs, patterns, reader, deadline };
  const { comparison, stepMs } = await compareAsFineAsFits(request);
  return describeComparison({ host, collector: query.metric_type ?? null, windows, stepMs, deadline }, comparison);
}

/** Names that have not been seen for days are forgotten, but what was measured is not: there may be more than could be known. */
async function compareAsFineAsFits(request: CompareRequest): Promise<{ comparison: Comparison; stepMs: number }> {
  const { windows, stepMs } = request;
  try {
    return { comparison: await compareCollectors(request), stepMs };
  } catch (error) {
    if (!(error instanceof TooManyValues)) throw error;
    const coarserMs = statisticsStep(windows, error.pathCount);
    if (coarserMs <= stepMs) throw error;
    return compareAsFineAsFits({ ...request, stepMs: coarserMs });
  }
}

function patternsOf({ fields, metric_type: collector }: CompareQuery): readonly MetricPattern[] | null {
  if (fields === undefined || fields.trim() === '') return null;
  if (collector !== undefined) return parseFields(fields, collector);
  const message = 'needs metric_type: name the collector whose fields they are';
  throw new PerfwatchError('bad_input', `fields ${message}`, { issues: [{ path: 'fields', message }] });
}

interface CompareRequest {
  host: string;
  collectors: readonly ComparedCollector[];
  windows: CompareWindows;
  stepMs: number;
  patterns: readonly MetricPattern[] | null;
  reader: SeriesReader;
  deadline: Deadline;
}

interface Comparison {
  /** What changed most first; `count` of them before the bound. */
  comparisons: readonly MetricComparison[];
  count: number;
  coverages: Map<string, BothCoverages>;
  resolution: CompareReply['resolution'];
  /** Of the last collector read. */
  tables: ComparedTables | null;
}

/** One collector after the other, so that no more than its own tables are in memory. */
async function compareCollectors({ collectors, windows, stepMs, deadline, ...request }: CompareRequest): Promise<Comparison> {
  const result: Comparison = { comparisons: [], count: 0, coverages: new Map(), resolution: 'raw', tables: null };
  for (const { collector, intervalMs } of collectors) {
    const tables = { collector, windows, stepMs, ...(await readBothTables({ ...request, collector, windows, stepMs })) };
    const found: MetricComparison[] = [];
    for (const comparison of compareTables(tables)) {
      found.push(comparison);
      if (deadline.isSliceOver) await deadline.pause();
    }
    result.comparisons = rankByChange([...result.comparisons, ...found]).slice(0, MAX_COMPARISONS);
    result.count += found.length;
    const { first, second } = tables;
    result.coverages.set(collector, {
      first: coverageOf({ range: windows.first, starts: first.starts, stepMs, intervalMs }),
      second: coverageOf({ range: windows.second, starts: second.starts, stepMs, intervalMs }),
    });
    result.resolution = coarsest([result.resolution, first.resolution, second.resolution]);
    result.tables = tables;
  }
  return result;
}

function coarsest(resolutions: readonly CompareReply['resolution'][]): CompareReply['resolution'] {
  return RESOLUTIONS.findLast((resolution) => resolutions.includes(resolution)) ?? 'raw';
}

interface Asked {
  host: string;
  /** Null: all. */
  collector: string | null;
  windows: CompareWindows;
  stepMs: number;
  deadline: Deadline;
}

async function describeComparison(asked: Asked, comparison: Comparison): Promise<CompareReply> {
  const { host, collector, windows, stepMs } = asked;
  const { comparisons, count, coverages, resolution } = comparison;
  const all = [...coverages.values()];
  const together = { first: unite(all.map(({ first }) => first)), second: unite(all.map(({ second }) => second)) };
  const { isComparable, note } = judgeWindows(windows, together, coverages);
  const { summary, bytes } = summaryThatFits(comparisons, collector === null ? MAX_REPLY_BYTES : MAX_BYTES_BESIDE_SERIES);
  const series = await seriesOf(asked, comparison, MAX_REPLY_BYTES - bytes);
  return {
    host,
    metric_type: collector,
    window_1: describeWindow(windows.first, together.first),
    window_2: describeWindow(windows.second, together.second),
    resolution,
    step: formatInterval(stepMs),
    comparable: isComparable,
    note,
    interval: formatInterval(series.stepMs),
    series_1: series.first,
    series_2: series.second,
    summary,
    truncated: summary.length < count,
  };
}

async function seriesOf(
  { collector, windows, stepMs, deadline }: Asked,
  { comparisons, tables }: Comparison,
  maxBytes: number,
): Promise<BothSeries> {
  if (collector === null || tables === null) return { stepMs, first: [], second: [] };
  const ranking = comparisons.map(({ path }) => path);
  return buildSeries({ windows, stepMs, first: tables.first, second: tables.second, ranking, maxBytes, deadline });
}

function summaryThatFits(comparisons: readonly MetricComparison[], maxBytes: number): { summary: MetricComparison[]; bytes: number } {
  const summary: MetricComparison[] = [];
  let bytes = 0;
  for (const comparison of comparisons) {
    const size = Buffer.byteLength(JSON.stringify(comparison)) + 1;
    if (bytes + size > maxBytes) break;
    summary.push(comparison);
    bytes += size;
  }
  return { summary, bytes };
}
