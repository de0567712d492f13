import type { MetricPath } from '@perfwatch/contract';
import { rowsIn, type TimeRange } from '../live/frame.ts';
import type { SampleTable } from '../live/sample-table.ts';

export interface HeatQuery {
  /** One row of the map each, from the top. */
  paths: readonly MetricPath[];
  range: TimeRange;
  /** Time a column stands for. */
  stepMs: number;
  /** The value of the hottest colour. */
  top: number;
}

/** A picture of one pixel per row and step; -1 where nothing is known, else 0 to 255. */
export interface HeatPixels {
  columns: number;
  rows: number;
  levels: Int16Array;
}

/** The levels of a heat map over time. A column no sample fell into stays unknown: gaps stay gaps. */
export function heatPixels(table: SampleTable, { paths, range, stepMs, top }: HeatQuery): HeatPixels {
  const first = Math.floor(range.fromMs / stepMs);
  const columns = Math.max(1, Math.floor(range.toMs / stepMs) - first + 1);
  const levels = new Int16Array(columns * paths.length).fill(-1);
  const { from, to } = rowsIn(table, range);
  const columnOf = (index: number) => Math.floor(table.timeAt(index) / stepMs) - first;
  paths.forEach((path, row) => {
    table.eachValue(path, { from, to }, (value, index) => {
      const column = columnOf(index);
      if (value === null || column < 0 || column >= columns) return;
      levels[row * columns + column] = Math.round((255 * Math.min(Math.max(value, 0), top)) / top);
    });
  });
  return { columns, rows: paths.length, levels };
}

type Rgb = readonly [red: number, green: number, blue: number];

function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex.trim().replace('#', ''), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  Math.round(a[0] + (b[0] - a[0]) * share),
  Math.round(a[1] + (b[1] - a[1]) * share),
  Math.round(a[2] + (b[2] - a[2]) * share),
];

/** 256 colours from low over high (at 80 %) to top: brightness rises all the way, so the map also reads without colour vision. */
export function heatRamp([, low, high, top]: readonly [string, string, string, string]): readonly Rgb[] {
  const [cold, hot, hottest] = [parseHex(low), parseHex(high), parseHex(top)];
  return Array.from({ length: 256 }, (_, level) => (level <= 204 ? mix(cold, hot, level / 204) : mix(hot, hottest, (level - 204) / 51)));
}
