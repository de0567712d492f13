import { lowerBound, type SampleColumns } from './blocks.ts';
import type { Stretch } from './segment-rows.ts';

/** Where the Samples of a block are among all: row `from + i` of the block at `slots[i]` of the merged times; -1 where another block has it. */
export interface Placement {
  block: SampleColumns;
  from: number;
  slots: Int32Array;
}

/** The ticks of several blocks within a stretch, ascending, each once; the first block that has a tick gives the Sample. */
export interface MergedTimes {
  times: Float64Array;
  placements: readonly Placement[];
}

export function mergeTimes(blocks: readonly SampleColumns[], { startMs, endMs }: Stretch): MergedTimes {
  const parts = blocks.flatMap((block) => {
    const from = lowerBound(block.times, startMs);
    const times = block.times.subarray(from, lowerBound(block.times, endMs));
    return times.length === 0 ? [] : [{ block, from, times }];
  });
  const all = new Float64Array(parts.reduce((count, { times }) => count + times.length, 0));
  let filled = 0;
  let isAscending = true;
  for (const { times } of parts) {
    if (filled > 0 && (all[filled - 1] ?? 0) >= (times[0] ?? 0)) isAscending = false;
    all.set(times, filled);
    filled += times.length;
  }
  return isAscending ? placedInARow(all, parts) : placedAmongOthers(all, parts);
}

type Cut = Omit<Placement, 'slots'> & { times: Float64Array };

function placedInARow(times: Float64Array, parts: readonly Cut[]): MergedTimes {
  let filled = 0;
  const placements = parts.map(({ block, from, times: own }) => {
    const slots = new Int32Array(own.length);
    for (let row = 0; row < slots.length; row += 1) slots[row] = filled + row;
    filled += own.length;
    return { block, from, slots };
  });
  return { times, placements };
}

function placedAmongOthers(all: Float64Array, parts: readonly Cut[]): MergedTimes {
  all.sort();
  const times = all.filter((tsMs, index) => index === 0 || tsMs !== all[index - 1]);
  const isTaken = new Uint8Array(times.length);
  const placements = parts.map(({ block, from, times: own }) => {
    const slots = new Int32Array(own.length);
    own.forEach((tsMs, row) => {
      const slot = lowerBound(times, tsMs);
      slots[row] = isTaken[slot] === 1 ? -1 : slot;
      isTaken[slot] = 1;
    });
    return { block, from, slots };
  });
  return { times, placements };
}
