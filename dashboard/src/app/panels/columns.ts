import type { MetricPath, MetricValue, Unit } from '@perfwatch/contract';
import { nullReason, type DimensionInfo } from '../catalog/describe.ts';
import { figureText } from '../format/format.ts';
import { colourAt, type SeriesColour } from '../theme/chart-theme.ts';

/** Whether a person should look at a figure. */
export type Tone = 'plain' | 'warn' | 'bad';

/** A column of a table of instances. */
export interface Column {
  /** Metrics of an instance; those of several are added up. */
  metrics: readonly [string, ...string[]];
  title: string;
  /** The figure alone, with a line of its past, or with a bar that ends at 100. */
  look: 'figure' | 'line' | 'bar';
  colour?: SeriesColour;
  /** A metric that puts the figure in proportion: `182 GiB of 440 GiB`. */
  of?: string;
  toneOf?: (value: number) => Tone;
  /** The figure as a word (1 as up). */
  wordOf?: (value: number) => string;
  /** Left out where there is no room: on a phone. */
  isWide?: boolean;
}

/** One figure of one instance, ready to be shown. */
export interface Cell {
  key: string;
  path: MetricPath;
  value: MetricValue;
  unit: Unit | null;
  /** Why the value is null. */
  reason: string;
  word: string | null;
  /** What the figure is out of; empty where nothing is known. */
  of: string;
  /** What a sum is made of, on hover. */
  parts: string;
  tone: Tone;
  look: Column['look'];
  colour: SeriesColour;
  /** The value at the top of its line; null for the highest shown. */
  top: number | null;
  /** Width of the bar in percent. */
  barPercent: number;
  isWide: boolean;
}

const WARN_FROM_PERCENT = 85;
const BAD_FROM_PERCENT = 95;

/** How full something is, in percent: amber from 85, red from 95. */
export function fullTone(percent: number): Tone {
  if (percent >= BAD_FROM_PERCENT) return 'bad';
  return percent >= WARN_FROM_PERCENT ? 'warn' : 'plain';
}

/** What should never happen: red unless it is 0. */
export const faultTone = (perSec: number): Tone => (perSec > 0 ? 'bad' : 'plain');

export const columnKey = ({ metrics }: Column): string => metrics.join('+');

/** A column per metric of a dimension that nobody here knows, each with its line. */
export function columnsOf({ metrics }: DimensionInfo, hasLines: boolean): Column[] {
  return metrics.map(({ name, title }, index) => ({
    metrics: [name],
    title,
    look: hasLines ? 'line' : 'figure',
    colour: colourAt(index),
  }));
}

/** The columns that this machine can fill: where one reason takes many, they are explained elsewhere. */
export function columnsThere(columns: readonly Column[], { metrics }: DimensionInfo): Column[] {
  return columns.filter((column) => column.metrics.every((name) => metrics.some((m) => m.name === name && m.unavailable === null)));
}

/** The sum of a column's metrics; null where one of them is not known. */
export function columnValue({ metrics }: Column, read: (metric: string) => MetricValue): MetricValue {
  let sum = 0;
  for (const metric of metrics) {
    const value = read(metric);
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

export interface CellQuery {
  dimension: DimensionInfo;
  instance: string;
  sampleReason: string | null;
  read: (path: MetricPath) => MetricValue;
}

/** The cell of a column for one instance. */
export function cellOf(column: Column, { dimension, instance, sampleReason, read }: CellQuery): Cell {
  const at = (metric: string) => ({ dimension: dimension.name, instance, metric });
  const [first] = column.metrics;
  const infos = column.metrics.map((name) => dimension.metrics.find((metric) => metric.name === name));
  const lacking = infos.find((info) => info?.unavailable !== null && info !== undefined);
  const unit = infos[0]?.unit ?? null;
  const value = columnValue(column, (metric) => read(at(metric)));
  const whole = column.of === undefined ? null : read(at(column.of));
  const parts = column.metrics.map((metric, index) => `${infos[index]?.title ?? metric}: ${figureText(read(at(metric)), unit)}`);
  return {
    key: columnKey(column),
    path: at(first),
    value,
    unit,
    reason: nullReason({ metric: lacking ?? infos[0], dimension, sampleReason }),
    word: value === null ? null : (column.wordOf?.(value) ?? null),
    of: whole === null ? '' : `of ${figureText(whole, unit)}`,
    parts: column.metrics.length > 1 ? parts.join(', ') : '',
    tone: value === null ? 'plain' : (column.toneOf?.(value) ?? 'plain'),
    look: column.look,
    colour: column.colour ?? 'grey',
    top: unit === 'percent' ? 100 : null,
    barPercent: Math.min(100, Math.max(0, value ?? 0)),
    isWide: column.isWide ?? false,
  };
}
