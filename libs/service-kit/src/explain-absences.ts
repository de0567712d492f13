import type { Collector, CollectorReading } from './collector.ts';

const MAX_REASON_LENGTH = 500;
const NOTHING_ABSENT: Readonly<Record<string, string>> = {};

/**
 * Why this machine lacks what it lacks, by path, for the catalog: what the reading itself explains, and its reason for every other metric
 * and dimension that a reading which is not `ok` gave nothing of. The reading's own object where there is nothing to add.
 */
export function explainAbsences(collector: Collector, reading: CollectorReading): Readonly<Record<string, string>> {
  const { metrics, status = 'ok', reason = null, unavailable = NOTHING_ABSENT } = reading;
  if ((status !== 'unavailable' && status !== 'partial') || reason === null) return unavailable;
  const declared = [...Object.keys(collector.metrics), ...Object.keys(collector.dimensions)];
  const absent = declared.filter((name) => metrics[name] === undefined && unavailable[name] === undefined);
  if (absent.length === 0) return unavailable;
  return { ...unavailable, ...Object.fromEntries(absent.map((name) => [name, reason.slice(0, MAX_REASON_LENGTH)])) };
}
