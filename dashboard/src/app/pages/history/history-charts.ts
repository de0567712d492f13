import { unitOf, type Unit } from '@perfwatch/contract';
import { findMetric, type ChoosableCollector } from '../../catalog/choosable.ts';
import { MOST_LINES, titleOf } from '../../catalog/describe.ts';
import { fieldOf, formatChoice, type MetricChoice } from '../../catalog/metric-choice.ts';
import type { TimeSeries } from '../../charts/time-chart/time-series.ts';
import { colourAt } from '../../theme/chart-theme.ts';
import type { TimeLine } from './time-lines.ts';

/** One line of the page and what its legend needs to say. */
export interface HistorySeries extends TimeSeries {
  choice: MetricChoice;
  stepMs: number;
  /** What it is, in full. */
  help: string;
}

/** Lines that share an axis. */
export interface HistoryChart {
  key: string;
  title: string;
  unit: Unit | null;
  series: readonly HistorySeries[];
}

/** Charts drawn at most; each has at most as many lines as can be told apart. */
export const MOST_CHARTS = 16;

const UNIT_NAMES: Readonly<Record<Unit, string>> = {
  percent: 'Percent',
  bytes: 'Bytes',
  bytes_per_sec: 'Bytes per second',
  per_sec: 'Per second',
  count: 'Counts',
  seconds: 'Seconds',
  ms: 'Milliseconds',
  celsius: 'Temperature',
  mhz: 'Frequency',
  watts: 'Power',
  ratio: 'Ratios',
  load: 'Load',
};

interface Named extends TimeLine {
  unit: Unit | null;
  collectorTitle: string;
  title: string;
  help: string;
}

/** Lines as charts: those of a unit share one, in the order in which they were chosen; a unit with more lines than can be told apart gets several. */
export function historyCharts(
  lines: readonly TimeLine[],
  { collectors, hosts }: { collectors: readonly ChoosableCollector[]; hosts: readonly string[] },
): { charts: HistoryChart[]; leftOut: number } {
  const byUnit = new Map<Unit | null, Named[]>();
  for (const line of lines.map((each) => named(each, collectors))) byUnit.set(line.unit, [...(byUnit.get(line.unit) ?? []), line]);
  const charts = [...byUnit].flatMap(([unit, members]) =>
    parts(members, hosts).map((part, index) => chartOf(part, { key: `${unit ?? 'none'} ${index}`, unit, hosts })),
  );
  const leftOut = charts.slice(MOST_CHARTS).reduce((count, { series }) => count + series.length, 0);
  return { charts: charts.slice(0, MOST_CHARTS), leftOut };
}

function named(line: TimeLine, collectors: readonly ChoosableCollector[]): Named {
  const { choice, instance } = line;
  const found = findMetric(collectors, choice);
  const title = found?.metric.title ?? titleOf(choice.metric);
  return {
    ...line,
    unit: found?.metric.unit ?? unitOf(choice.metric),
    collectorTitle: found?.collector.title ?? titleOf(choice.collector),
    title: instance === null ? title : `${title} ${instance}`,
    help: [formatChoice({ ...choice, instance }), found?.metric.help ?? ''].filter((text) => text !== '').join('\n'),
  };
}

/** Parts of a unit's lines, each small enough for a chart. A number stays in one chart with itself on other hosts. */
function parts(lines: readonly Named[], hosts: readonly string[]): Named[][] {
  const byNumber = new Map<string, Named[]>();
  for (const line of lines) {
    const key = numberKey(line);
    byNumber.set(key, [...(byNumber.get(key) ?? []), line]);
  }
  const most = isPaired(hosts) ? 2 * MOST_LINES : MOST_LINES;
  const result: Named[][] = [];
  for (const same of byNumber.values()) {
    const last = result.at(-1);
    if (last === undefined || last.length + same.length > most) result.push([...same]);
    else last.push(...same);
  }
  return result;
}

const numberKey = ({ choice, instance }: TimeLine) => `${choice.collector}:${fieldOf({ ...choice, instance })}`;

/** Two hosts are told apart by a dashed line, so that a number keeps its colour; more need a colour for each line. */
const isPaired = (hosts: readonly string[]) => hosts.length === 2;

function chartOf(
  lines: readonly Named[],
  { key, unit, hosts }: { key: string; unit: Unit | null; hosts: readonly string[] },
): HistoryChart {
  const titles = [...new Set(lines.map(({ collectorTitle }) => collectorTitle))];
  const numbers = [...new Set(lines.map(numberKey))];
  const series = lines.map((line, index): HistorySeries => {
    const title = titles.length > 1 ? `${line.collectorTitle}: ${line.title}` : line.title;
    return {
      key: `${numberKey(line)} ${line.host}`,
      title: hosts.length > 1 ? `${title} (${line.host})` : title,
      unit,
      colour: colourAt(isPaired(hosts) ? numbers.indexOf(numberKey(line)) : index),
      dashed: isPaired(hosts) && line.host === hosts[1],
      points: line.points,
      choice: line.choice,
      stepMs: line.stepMs,
      help: line.help,
    };
  });
  const title = titles.length > 3 ? `${titles.slice(0, 3).join(', ')} and ${titles.length - 3} more` : titles.join(', ');
  return { key, title: `${title} · ${unit === null ? 'values' : UNIT_NAMES[unit]}`, unit, series };
}
