import type { MetricPath } from '@perfwatch/contract';
import { matchesAny, type MetricPattern } from '../metric-pattern.ts';

/** Paths that patterns mean, numbered as they turn up. */
export class PathSelection {
  readonly paths: MetricPath[] = [];
  readonly #patterns: readonly MetricPattern[] | null;
  readonly #indices = new Map<string, number>();
  #lastPaths: readonly MetricPath[] | null = null;
  #lastIndices = new Int32Array(0);

  /** Null: all. */
  constructor(patterns: readonly MetricPattern[] | null) {
    this.#patterns = patterns;
  }

  /** The number of each path of a block; -1 for what is not meant. */
  indicesOf({ paths, keys }: { paths: readonly MetricPath[]; keys: readonly string[] }): Int32Array {
    // Neighbours mostly share one list.
    if (paths === this.#lastPaths) return this.#lastIndices;
    this.#lastIndices = Int32Array.from(paths, (path, at) => this.#indexOf(path, keys[at] ?? ''));
    this.#lastPaths = paths;
    return this.#lastIndices;
  }

  #indexOf(path: MetricPath, key: string): number {
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#patterns === null || matchesAny(this.#patterns, path) ? this.paths.push(path) - 1 : -1;
      this.#indices.set(key, index);
    }
    return index;
  }
}
