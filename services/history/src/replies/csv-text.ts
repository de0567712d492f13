import { formatMetricPath, type Aggregate, type MetricPath } from '@perfwatch/contract';
import { pathKey } from '../reading/blocks.ts';
import type { SeriesWindow } from './series-window.ts';

/** Spreadsheets take no more. */
export const MAX_CSV_COLUMNS = 16_384;

/** RFC 4180 */
export const CSV_LINE_END = '\r\n';

/** What a column is called: as its path, or `min(usage_percent)` where there are several aggregates. */
export function csvHeading(path: MetricPath, aggregate: Aggregate | null): string {
  const name = formatMetricPath(path);
  return csvText(aggregate === null ? name : `${aggregate}(${name})`);
}

/** Quoted where it has to be (RFC 4180). */
export function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Writes numbers of points in columns that were settled before; what is not there, or null, is empty. */
export class CsvRows {
  readonly #columns: readonly MetricPath[];
  readonly #aggregates: readonly Aggregate[];
  #window: SeriesWindow | null = null;
  #indices: readonly number[] = [];

  constructor(columns: readonly MetricPath[], aggregates: readonly Aggregate[]) {
    this.#columns = columns;
    this.#aggregates = aggregates;
  }

  /** `,1,,2.5`: every column with a comma before it. */
  numbersOf(window: SeriesWindow, point: number): string {
    if (this.#window !== window) this.#lookUp(window);
    let text = '';
    for (const index of this.#indices) {
      for (const aggregate of this.#aggregates) {
        const leaf = index === -1 ? null : window.leafOf(aggregate, point, index);
        text += leaf === undefined || leaf === null ? ',' : `,${leaf}`;
      }
    }
    return text;
  }

  #lookUp(window: SeriesWindow): void {
    const { paths, indices } = window.layout;
    const known = new Map(paths.map((path, position) => [pathKey(path), indices[position] ?? -1]));
    this.#indices = this.#columns.map((path) => known.get(pathKey(path)) ?? -1);
    this.#window = window;
  }
}
