import type { MetricPath } from '@perfwatch/contract';
import { knownColumn, type KnownColumn } from './predictions.ts';

/** So many of the columns before, and of those of the same metric first and last, are looked at. */
const NEAREST = 24;
const NAMESAKES = 4;

/** Columns with numbers in the same rows, from which others may be predicted: which of them are worth a look. */
export class KnownColumns {
  readonly #all: KnownColumn[] = [];
  readonly #byMetric = new Map<string, KnownColumn[]>();
  readonly #byPath = new Map<string, KnownColumn[]>();

  /** Columns come in order. */
  add(path: MetricPath, column: number, coded: { numbers: Float64Array; factor: number }): void {
    const known = knownColumn(column, coded);
    if (known === null) return;
    this.#all.push(known);
    for (const [map, key] of [
      [this.#byMetric, path.metric],
      [this.#byPath, JSON.stringify(path)],
    ] as const) {
      const others = map.get(key);
      if (others === undefined) map.set(key, [known]);
      else others.push(known);
    }
  }

  /** The columns just before, those of the same path, and some of the same metric: its total, and its instances. */
  near(path: MetricPath): KnownColumn[] {
    const namesakes = this.#byMetric.get(path.metric) ?? [];
    const same = this.#byPath.get(JSON.stringify(path)) ?? [];
    return [...new Set([...same, ...namesakes.slice(0, NAMESAKES), ...namesakes.slice(-NAMESAKES), ...this.#all.slice(-NEAREST)])];
  }
}
