import type { MetricPath } from '@perfwatch/contract';
import { textPiece, type TextPiece } from './page-text.ts';

/** A number that is there, null, or undefined for none. */
export type Leaf = number | null | undefined;

/**
 * How the paths of a table are written as nested objects: in one order, each value after a text that closes what is open and opens
 * what the value is in. So a value is two pieces of text, and writing can go on at any path.
 */
export class MetricLayout {
  /** Sorted: metrics of the collector first. */
  readonly paths: readonly MetricPath[];
  /** Index of each in the table. */
  readonly indices: readonly number[];
  /** What is written before a value when the one before it was written too. */
  readonly openings: readonly TextPiece[];
  /** Of metrics whose name is also a dimension's: the indices in the table of what is in the dimension. Only one of both can be written. */
  readonly rivals: ReadonlyMap<number, readonly number[]>;

  constructor(paths: readonly MetricPath[]) {
    const order = paths.map((path, index) => ({ path, index })).sort((a, b) => comparePaths(a.path, b.path));
    this.paths = order.map(({ path }) => path);
    this.indices = order.map(({ index }) => index);
    this.openings = this.paths.map((path, at) => textPiece(opening(this.paths[at - 1] ?? null, path)));
    const ofDimension = Map.groupBy(order, ({ path }) => path.dimension ?? null);
    this.rivals = new Map(
      order.flatMap(({ path, index }) => {
        const rivals = path.dimension === undefined ? ofDimension.get(path.metric) : undefined;
        return rivals === undefined ? [] : [[index, rivals.map((rival) => rival.index)] as const];
      }),
    );
  }

  /** Where the first path is that comes after `path`, which need not be there. */
  positionAfter(path: MetricPath): number {
    const position = this.paths.findIndex((other) => comparePaths(other, path) > 0);
    return position === -1 ? this.paths.length : position;
  }
}

/** What is written before the value at `next` when `last` (null: nothing) is what was written before it in the same object. */
export function opening(last: MetricPath | null, next: MetricPath): string {
  const metric = `${JSON.stringify(next.metric)}:`;
  if (next.dimension === undefined || next.instance === undefined) return last === null ? metric : `,${metric}`;
  const instance = `${JSON.stringify(next.instance)}:{${metric}`;
  if (last?.dimension === next.dimension) return last.instance === next.instance ? `,${metric}` : `},${instance}`;
  return `${last === null ? '' : `${closing(last)},`}${JSON.stringify(next.dimension)}:{${instance}`;
}

/** What closes the objects that are open within the metrics' own after `last`. */
export function closing(last: MetricPath | null): string {
  return last?.dimension === undefined ? '' : '}}';
}

/** By dimension (none first), instance and metric: an order that does not depend on what else there is. */
export function comparePaths(a: MetricPath, b: MetricPath): number {
  return (
    compareTexts(a.dimension ?? '', b.dimension ?? '') ||
    compareTexts(a.instance ?? '', b.instance ?? '') ||
    compareTexts(a.metric, b.metric)
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
