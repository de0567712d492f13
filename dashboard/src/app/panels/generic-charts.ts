import { chartGroups, type CollectorInfo } from '../catalog/describe.ts';
import type { ChartSpec } from '../charts/chart-spec.ts';
import type { Unit } from '@perfwatch/contract';
import { colourAt } from '../theme/chart-theme.ts';

const UNIT_NAMES: Readonly<Record<Unit, string>> = {
  percent: 'Percent',
  bytes: 'Bytes',
  bytes_per_sec: 'Bytes per second',
  per_sec: 'Per second',
  seconds: 'Time',
  ms: 'Time',
  celsius: 'Temperature',
  mhz: 'Frequency',
  watts: 'Power',
  ratio: 'Ratio',
  count: 'Count',
  load: 'Load',
};

/** A chart of a collector nobody here knows: a unit's metrics on one axis. */
export interface GenericChart {
  key: string;
  title: string;
  spec: ChartSpec;
}

/** Charts for every metric that this host has, a chart per unit. A metric alone gives its chart the name. */
export function genericCharts(info: CollectorInfo): GenericChart[] {
  return chartGroups(info.metrics).map(({ unit, metrics }) => {
    const [first] = metrics;
    const title = metrics.length === 1 && first !== undefined ? first.title : unit === null ? 'Values' : UNIT_NAMES[unit];
    const series = metrics.map(({ name, title: lineTitle, help }, index) => ({
      path: { metric: name },
      title: lineTitle,
      colour: colourAt(index),
      help,
    }));
    const label = `${info.title}: ${metrics.map((metric) => metric.title).join(', ')}`;
    return { key: metrics.map(({ name }) => name).join(), title, spec: { collector: info.name, unit, stacked: false, series, label } };
  });
}

/** What a host does not have for one and the same reason. */
export interface Absence {
  reason: string;
  /** Titles of the metrics, in the catalog's order. */
  titles: string[];
}

/** Metrics that this host does not have, by the reason: one missing PMU takes twenty of them. */
export function absences(info: CollectorInfo): Absence[] {
  const byReason = new Map<string, string[]>();
  for (const { title, unavailable } of info.metrics) {
    if (unavailable !== null) byReason.set(unavailable, [...(byReason.get(unavailable) ?? []), title]);
  }
  return [...byReason].map(([reason, titles]) => ({ reason, titles }));
}
