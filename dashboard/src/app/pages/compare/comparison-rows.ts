import type { Catalog, MetricComparison, Unit } from '@perfwatch/contract';
import { describeCollector } from '../../catalog/describe.ts';
import { parseChoice } from '../../catalog/metric-choice.ts';
import { VERDICTS, type CompareState, type SortColumn } from './compare-state.ts';

/** One metric of the table. */
export interface ComparisonRow {
  /** `cpu:core.usage_percent{core="0"}`. */
  key: string;
  title: string;
  help: string | null;
  unit: Unit | null;
  /** Place in the reply: what really changed first. */
  rank: number;
  comparison: MetricComparison;
}

/** The metrics of a reply with what the catalogs say of them, in the reply's order. */
export function comparisonRows(summary: readonly MetricComparison[], catalogs: readonly Catalog[]): ComparisonRow[] {
  const infos = new Map(catalogs.map((catalog) => [catalog.collector, describeCollector(catalog.collector, catalog, null)]));
  return summary.map((comparison, rank) => {
    const key = `${comparison.collector}:${comparison.path}`;
    const choice = parseChoice(key);
    const info = infos.get(comparison.collector);
    const dimension = info?.dimensions.find(({ name }) => name === choice?.dimension);
    const metrics = choice?.dimension === null ? info?.metrics : dimension?.metrics;
    const metric =
      metrics?.find(({ name }) => name === choice?.metric) ??
      describeCollector('', null, { [choice?.metric ?? comparison.path]: null }).metrics[0];
    const title = metric?.title ?? comparison.path;
    const of = choice?.instance === null || choice === null ? '' : ` · ${dimension?.title ?? choice.dimension ?? ''} ${choice.instance}`;
    return { key, title: title + of, help: metric?.help ?? null, unit: metric?.unit ?? null, rank, comparison };
  });
}

const isChange = ({ verdict }: MetricComparison) => verdict === 'higher' || verdict === 'lower';

/** How many metrics there are of each verdict, and how many changed. */
export function countVerdicts(rows: readonly ComparisonRow[]): {
  changed: number;
  higher: number;
  lower: number;
  unclear: number;
  unknown: number;
} {
  const count = (verdict: MetricComparison['verdict']) => rows.filter(({ comparison }) => comparison.verdict === verdict).length;
  const [higher, lower] = [count('higher'), count('lower')];
  return { changed: higher + lower, higher, lower, unclear: count('no_clear_change'), unknown: count('unknown') };
}

type Filter = Pick<CompareState, 'text' | 'collector' | 'verdict' | 'isChangedOnly'>;

/** The rows that hold every word of the text, in title or path, and are of the collector and verdict asked for. */
export function filterRows(rows: readonly ComparisonRow[], { text, collector, verdict, isChangedOnly }: Filter): ComparisonRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ key, title, comparison }) => {
    const searched = `${title} ${key}`.toLowerCase();
    return (
      (collector === null || comparison.collector === collector) &&
      (verdict === null || comparison.verdict === verdict) &&
      (!isChangedOnly || isChange(comparison)) &&
      words.every((word) => searched.includes(word))
    );
  });
}

const VALUES: Readonly<Record<SortColumn, (row: ComparisonRow) => number | string | null>> = {
  rank: ({ rank }) => rank,
  metric: ({ title }) => title,
  collector: ({ comparison }) => comparison.collector,
  before: ({ comparison }) => comparison.window_2.avg,
  after: ({ comparison }) => comparison.window_1.avg,
  change: ({ comparison }) => comparison.change_percent,
  effect: ({ comparison }) => comparison.effect?.size ?? null,
  verdict: ({ comparison }) => (comparison.verdict === 'unknown' ? null : VERDICTS.indexOf(comparison.verdict)),
};

/** Sorted by a column, what is not known last either way; rows that are alike stay in the order of rank. */
export function sortRows(
  rows: readonly ComparisonRow[],
  { sort, isAscending }: Pick<CompareState, 'sort' | 'isAscending'>,
): ComparisonRow[] {
  const value = VALUES[sort];
  const sign = isAscending ? 1 : -1;
  return rows.toSorted((first, second) => {
    const [a, b] = [value(first), value(second)];
    if (a === null || b === null) return Number(a === null) - Number(b === null) || first.rank - second.rank;
    const order = typeof a === 'string' || typeof b === 'string' ? String(a).localeCompare(String(b)) : a - b;
    return sign * order || first.rank - second.rank;
  });
}
