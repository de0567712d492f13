import { CounterDeltas } from '@perfwatch/service-kit';
import { describe, expect, it } from 'vitest';
import { increasesOf, type Increases } from './interface-increases.ts';

const WRAP = 2 ** 32;

/** recvBytes recvPackets recvErrors recvDrops sentBytes sentPackets sentErrors sentDrops */
type Row = readonly (number | null)[];

/** What an interface counted from one row to the next. */
function increases(...rows: readonly Row[]): Increases | null | undefined {
  const deltas = new CounterDeltas();
  return rows
    .map((row) => {
      const result = increasesOf(deltas, 'eth0', row);
      deltas.endTick();
      return result;
    })
    .at(-1);
}

const START: Row = [1000, 10, 1, 2, 2000, 20, 3, 4];
const plus = (row: Row, more: Row): Row => row.map((value, column) => (value ?? 0) + (more[column] ?? 0));

describe('increasesOf', () => {
  it('is null at the first tick, then what each counter rose by', () => {
    expect(increases(START)).toBeNull();
    expect(increases(START, plus(START, [500, 5, 0, 1, 700, 7, 1, 0]))).toEqual([500, 5, 0, 1, 700, 7, 1, 0]);
  });

  it('is null for a column that the kernel does not have, and knows the others', () => {
    expect(increases([null, 10, 1, 2, null, 20, 3, 4], [null, 15, 1, 2, null, 21, 3, 4])).toEqual([null, 5, 0, 0, null, 1, 0, 0]);
  });

  it('takes bytes that fall while packets rise for a counter of 32 bits that wrapped', () => {
    const before: Row = [WRAP - 1000, 3_000_000, 0, 0, 5000, 50, 0, 0];
    expect(increases(before, [9000, 3_000_010, 0, 0, 6000, 52, 0, 0])).toEqual([10_000, 10, 0, 0, 1000, 2, 0, 0]);
  });

  it('takes packets that fall while bytes rise for such a wrap too', () => {
    const before: Row = [900 * WRAP, WRAP - 5, 0, 0, 5000, 50, 0, 0];
    expect(increases(before, [900 * WRAP + 10_000, 5, 0, 0, 6000, 52, 0, 0])).toEqual([10_000, 10, 0, 0, 1000, 2, 0, 0]);
  });

  it('knows nothing when all counters fell: an interface made anew is no wrap of 1.29 GB', () => {
    const before: Row = [3_000_000_000, 3_000_000, 0, 0, 2_500_000_000, 2_200_000_000, 0, 0];
    expect(increases(before, [5, 1, 0, 0, 0, 0, 0, 0])).toBeNull();
    expect(increases([2_200_000_000, 4_290_000_000, 0, 0, 0, 0, 0, 0], [5, 1, 0, 0, 0, 0, 0, 0])).toBeNull();
  });

  it('knows nothing when what would have wrapped gives packets of an impossible size', () => {
    const tooLarge: Row = [3_000_000_000, 10, 0, 0, 5000, 50, 0, 0];
    expect(increases(tooLarge, [5, 11, 0, 0, 6000, 52, 0, 0])).toBeNull();
    const tooSmall: Row = [WRAP - 100, 1000, 0, 0, 5000, 50, 0, 0];
    expect(increases(tooSmall, [100, 1_001_000, 0, 0, 6000, 52, 0, 0])).toBeNull();
  });

  it('knows nothing when a counter of 64 bits fell', () => {
    expect(increases([9 * WRAP, 1000, 0, 0, 5000, 50, 0, 0], [9 * WRAP - 3_000_000_000, 1_001_000, 0, 0, 6000, 52, 0, 0])).toBeNull();
  });

  it('knows nothing of errors and drops that a driver set back, and the rest', () => {
    expect(increases(START, plus(START, [500, 5, -1, 1, 700, 7, 0, -4]))).toEqual([500, 5, null, 1, 700, 7, 0, null]);
  });

  it('begins anew after the interface was away', () => {
    const deltas = new CounterDeltas();
    increasesOf(deltas, 'eth0', START);
    deltas.endTick();
    deltas.endTick();
    expect(increasesOf(deltas, 'eth0', plus(START, [500, 5]))).toBeNull();
  });
});
