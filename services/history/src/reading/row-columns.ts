import type { MetricPath } from '@perfwatch/contract';
import type { Column } from '@perfwatch/store';
import { lowerBound } from './blocks.ts';
import type { Deadline } from './deadline.ts';
import { mergeTimes, type Placement } from './merged-times.ts';
import type { PathSelection } from './path-selection.ts';
import type { Part, RawPart, RollUpPart } from './series-scan.ts';

const NULL = 1;
const NUMBER = 2;

interface GrowingColumn {
  values: Float64Array;
  states: Uint8Array;
}

/** Gathers Samples as columns. Where only a roll-up is left, its means take their place, at the begin of each bucket. */
export class RowColumns {
  readonly #selection: PathSelection;
  readonly #deadline: Deadline;
  readonly #columns: GrowingColumn[] = [];
  #times = new Float64Array(0);
  #count = 0;

  constructor({ selection, deadline }: { selection: PathSelection; deadline: Deadline }) {
    this.#selection = selection;
    this.#deadline = deadline;
  }

  get count(): number {
    return this.#count;
  }

  get pathCount(): number {
    return this.#selection.paths.length;
  }

  /** At most the first `limit` rows. */
  take(limit: number): { times: Float64Array; paths: readonly MetricPath[]; columns: Column[] } {
    const count = Math.min(limit, this.#count);
    const columns = this.#selection.paths.map((_, index) => {
      const { values, states } = this.#grow(index, count);
      return { values: values.subarray(0, count), states: states.subarray(0, count) };
    });
    return { times: this.#times.subarray(0, count), paths: this.#selection.paths, columns };
  }

  /** How many rows there may be for all of them to have no more than `cells` values, those of a part included; at least one. */
  roomFor(part: Part, cells: number): number {
    for (const block of part.tier === 'raw' ? part.blocks : [part.block]) this.#selection.indicesOf(block);
    return Math.max(1, Math.floor(cells / Math.max(1, this.pathCount)));
  }

  /** Takes at most the first `limit` rows of a part; whether that was all. */
  add(part: Part, limit: number): Promise<boolean> {
    return part.tier === 'raw' ? this.#addSamples(part, limit) : this.#addRollUp(part, limit);
  }

  async #addSamples({ blocks, startMs, endMs }: RawPart, limit: number): Promise<boolean> {
    const merged = mergeTimes(blocks, { startMs, endMs });
    const offset = this.#append(merged.times.subarray(0, limit));
    for (const placement of merged.placements) {
      const wanted = this.#selection.indicesOf(placement.block);
      for (let index = 0; index < wanted.length; index += 1) {
        if (this.#deadline.isSliceOver) await this.#deadline.pause();
        const to = wanted[index] ?? -1;
        if (to >= 0) copy(placement.block.column(index), { placement, limit, offset, into: this.#grow(to, this.#count) });
      }
    }
    return merged.times.length <= limit;
  }

  async #addRollUp({ block, startMs, endMs }: RollUpPart, limit: number): Promise<boolean> {
    const from = lowerBound(block.starts, startMs);
    const to = lowerBound(block.starts, endMs);
    const starts = block.starts.subarray(from, Math.min(to, from + limit));
    const offset = this.#append(starts);
    const wanted = this.#selection.indicesOf(block);
    for (let index = 0; index < wanted.length; index += 1) {
      if (this.#deadline.isSliceOver) await this.#deadline.pause();
      const column = wanted[index] ?? -1;
      if (column < 0) continue;
      const { values, states } = this.#grow(column, this.#count);
      const { sums, counts } = block.stats(index);
      for (let row = 0; row < starts.length; row += 1) {
        const count = counts[from + row] ?? 0;
        if (count === 0) continue;
        values[offset + row] = meanOf({ sum: sums[from + row] ?? 0, count, unit: block.rollUp.sumUnit });
        states[offset + row] = NUMBER;
      }
    }
    return to - from <= limit;
  }

  /** Where they begin. */
  #append(times: Float64Array): number {
    const offset = this.#count;
    if (offset + times.length > this.#times.length) {
      const larger = new Float64Array(Math.max(2 * this.#times.length, offset + times.length));
      larger.set(this.#times);
      this.#times = larger;
    }
    this.#times.set(times, offset);
    this.#count = offset + times.length;
    return offset;
  }

  /** A column with room for so many rows; those it lacked have no value. */
  #grow(index: number, count: number): GrowingColumn {
    const column = (this.#columns[index] ??= { values: new Float64Array(0), states: new Uint8Array(0) });
    if (column.values.length >= count) return column;
    const values = new Float64Array(this.#times.length).fill(NaN);
    values.set(column.values);
    const states = new Uint8Array(this.#times.length);
    states.set(column.states);
    Object.assign(column, { values, states });
    return column;
  }
}

interface CopyTo {
  placement: Placement;
  limit: number;
  offset: number;
  into: GrowingColumn;
}

function copy({ values, states }: Column, { placement: { from, slots }, limit, offset, into }: CopyTo): void {
  for (let row = 0; row < slots.length; row += 1) {
    const slot = slots[row] ?? -1;
    if (slot < 0 || slot >= limit) continue;
    const state = states === null ? NUMBER : (states[from + row] ?? 0);
    if (state >= NULL) into.states[offset + slot] = state;
    if (state === NUMBER) into.values[offset + slot] = values[from + row] ?? NaN;
  }
}

/** A mean never is larger than what it is of, whatever rounding does. */
export function meanOf({ sum, count, unit }: { sum: number; count: number; unit: number }): number {
  const mean = unit === 1 ? sum / count : (sum / count) * unit;
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, mean));
}
