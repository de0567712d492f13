/** A kernel counter as parsed. Null: not known at this tick. */
export type CounterValue = bigint | number | null;

export interface DeltaOptions {
  /**
   * Where the counter starts again at 0, such as 2 ** 32. A value below the previous one is then a wrap, unless it would
   * mean an increase of more than half that width: that is a reset.
   */
  wrapAt?: number;
}

export interface RowDeltaOptions {
  /** By column: how far a value may fall and still be the same counter. Default 0 for every column. */
  maxStepBack?: readonly number[];
}

/** What `value` is more than `previous`; null when it was reset. A counter that changes between bigint and number is another counter. */
function increase(previous: bigint | number, value: bigint | number, wrapAt: number | undefined): number | null {
  if (typeof previous !== typeof value) return null;
  const difference =
    typeof value === 'bigint' && typeof previous === 'bigint' ? Number(value - previous) : Number(value) - Number(previous);
  if (difference >= 0) return difference;
  if (wrapAt === undefined) return null;
  const wrapped = difference + wrapAt;
  return wrapped >= 0 && wrapped <= wrapAt / 2 ? wrapped : null;
}

const isKnown = (value: CounterValue): value is bigint | number => value !== null && (typeof value === 'bigint' || Number.isFinite(value));

/**
 * Increases of kernel counters from one tick to the next, by key. One tick is: `delta`, `deltas` or `perSec` for every counter
 * that was read, then `endTick`. A key that a tick did not name is forgotten, so what comes back begins anew and what is held
 * is bounded by what one tick reads.
 */
export class CounterDeltas {
  #previous = new Map<string, bigint | number>();
  #current = new Map<string, bigint | number>();
  #previousRows = new Map<string, readonly number[]>();
  #currentRows = new Map<string, readonly number[]>();

  /** The increase since the previous tick. Null on first sight, after a tick without the key or with null, and after a reset. */
  delta(key: string, value: CounterValue, { wrapAt }: DeltaOptions = {}): number | null {
    if (!isKnown(value)) return null;
    this.#current.set(key, value);
    const previous = this.#previous.get(key);
    return previous === undefined ? null : increase(previous, value, wrapAt);
  }

  /** `delta` over the measured time. Null where `delta` is, and when `elapsedMs` is null or not above 0. */
  perSec(key: string, value: CounterValue, elapsedMs: number | null, options?: DeltaOptions): number | null {
    const delta = this.delta(key, value, options);
    return delta === null || elapsedMs === null || !(elapsedMs > 0) ? null : (delta * 1000) / elapsedMs;
  }

  /**
   * Signed differences of counters that belong together and are read together, such as the times of one CPU; `values` is kept
   * and must not change afterwards. Null on first sight, after a tick without the key, when the number of columns changes,
   * and when one column fell by more than it may: the whole row was then reset.
   * A fall within `maxStepBack` comes out negative, for the caller to settle against the column it went to.
   */
  deltas(key: string, values: readonly number[], { maxStepBack }: RowDeltaOptions = {}): number[] | null {
    this.#currentRows.set(key, values);
    const previous = this.#previousRows.get(key);
    if (previous?.length !== values.length) return null;
    const differences: number[] = [];
    for (let column = 0; column < values.length; column += 1) {
      const difference = (values[column] ?? Number.NaN) - (previous[column] ?? Number.NaN);
      if (!(difference >= -(maxStepBack?.[column] ?? 0))) return null;
      differences.push(difference);
    }
    return differences;
  }

  /** Ends the tick: what it read is what the next one is compared with. */
  endTick(): void {
    [this.#previous, this.#current] = [this.#current, this.#previous];
    this.#current.clear();
    [this.#previousRows, this.#currentRows] = [this.#currentRows, this.#previousRows];
    this.#currentRows.clear();
  }
}
