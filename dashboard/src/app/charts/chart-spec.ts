import type { MetricPath, Unit } from '@perfwatch/contract';
import type { SeriesColour } from '../theme/chart-theme.ts';

/** One line or layer of a chart. */
export interface ChartSeries {
  path: MetricPath;
  title: string;
  colour: SeriesColour;
  help?: string | null;
  /** Drawn faintly, as what is left over. */
  isRest?: boolean;
  /** Where the share of the time that it was counted stands, in percent: the line is fainter where that is low. */
  share?: MetricPath;
}

/** What a chart shows. */
export interface ChartSpec {
  collector: string;
  unit: Unit | null;
  series: readonly ChartSeries[];
  stacked: boolean;
  /** What the chart is, for those who do not see it. */
  label: string;
}

/** What a chart asks of the store: the value of each series, then the shares of those that have one. */
export const chartPaths = ({ series }: ChartSpec): MetricPath[] => [
  ...series.map(({ path }) => path),
  ...series.flatMap(({ share }) => (share === undefined ? [] : [share])),
];

/** Columns of a chart's rows in which the shares of its series stand, counted from 0 behind the time; null for those without. */
export function shareColumns({ series }: ChartSpec): (number | null)[] {
  let next = series.length;
  return series.map(({ share }) => (share === undefined ? null : next++));
}
