import { describe, expect, it } from 'vitest';
import { CounterDeltas, type CounterValue } from './counter-deltas.ts';

/** `delta` of one counter over consecutive ticks; undefined is a tick that does not name it. */
function deltasOf(values: (CounterValue | undefined)[], wrapAt?: number): (number | null)[] {
  const counters = new CounterDeltas();
  return values.map((value) => {
    const delta = value === undefined ? null : counters.delta('key', value, wrapAt === undefined ? {} : { wrapAt });
    counters.endTick();
    return delta;
  });
}

describe('CounterDeltas', () => {
  it('gives null on first sight and the increase afterwards', () => {
    expect(deltasOf([10, 10, 15])).toEqual([null, 0, 5]);
  });

  it('subtracts 64-bit counters exactly before they become numbers', () => {
    expect(deltasOf([2n ** 64n - 5n, 2n ** 64n - 2n])).toEqual([null, 3]);
  });

  it('gives null after a reset and goes on from there', () => {
    expect(deltasOf([100, 40, 45])).toEqual([null, null, 5]);
    expect(deltasOf([100n, 40n, 45n])).toEqual([null, null, 5]);
  });

  it('begins anew after a tick without the key', () => {
    expect(deltasOf([1, 2, undefined, 10, 12])).toEqual([null, 1, null, null, 2]);
  });

  it('begins anew after a value that is unknown or not finite', () => {
    expect(deltasOf([1, null, 10, 12])).toEqual([null, null, null, 2]);
    expect(deltasOf([1, Number.NaN, 10, Number.POSITIVE_INFINITY, 12])).toEqual([null, null, null, null, null]);
  });

  it('counts through a wrap where one is announced, for numbers and bigints', () => {
    expect(deltasOf([2 ** 32 - 3, 4], 2 ** 32)).toEqual([null, 7]);
    expect(deltasOf([2n ** 32n - 3n, 4n], 2 ** 32)).toEqual([null, 7]);
  });

  it('takes a fall from the lower half for a reset, not a wrap', () => {
    expect(deltasOf([1_000_000, 4], 2 ** 32)).toEqual([null, null]);
  });

  it('takes a counter that changes its type for another one', () => {
    expect(deltasOf([1n, 2, 3])).toEqual([null, null, 1]);
  });

  it('divides by the measured time', () => {
    const counters = new CounterDeltas();
    expect(counters.perSec('a', 100, null)).toBeNull();
    counters.endTick();
    expect(counters.perSec('a', 150, 500)).toBe(100);
    counters.endTick();
    expect(counters.perSec('a', 160, 0)).toBeNull();
  });

  it('keeps no key that a tick did not name', () => {
    const counters = new CounterDeltas();
    for (let tick = 0; tick < 3; tick += 1) {
      counters.delta(`process ${tick}`, 1);
      counters.endTick();
    }
    expect(counters.delta('process 0', 5)).toBeNull();
    expect(counters.delta('process 2', 5)).toBe(4);
  });
});

describe('CounterDeltas of a row', () => {
  function rows(values: (readonly number[] | undefined)[], maxStepBack?: readonly number[]): (number[] | null)[] {
    const counters = new CounterDeltas();
    return values.map((row) => {
      const deltas = row === undefined ? null : counters.deltas('cpu0', row, maxStepBack === undefined ? {} : { maxStepBack });
      counters.endTick();
      return deltas;
    });
  }

  it('gives the difference of each column', () => {
    expect(
      rows([
        [1, 2],
        [2, 5],
      ]),
    ).toEqual([null, [1, 3]]);
  });

  it('is null as a whole when one column was reset', () => {
    expect(
      rows([
        [5, 5],
        [6, 1],
        [7, 2],
      ]),
    ).toEqual([null, null, [1, 1]]);
  });

  it('gives a fall within the allowance as a negative difference, so that nothing is counted twice', () => {
    expect(
      rows(
        [
          [5, 5],
          [9, 3],
          [9, 6],
        ],
        [0, 2],
      ),
    ).toEqual([null, [4, -2], [0, 3]]);
  });

  it('begins anew after a tick without the row, and when columns come or go', () => {
    expect(rows([[1], [2], undefined, [9], [10], [11, 1], [12, 2]])).toEqual([null, [1], null, null, [1], null, [1, 1]]);
  });

  it('is null for a value that is not a number', () => {
    expect(rows([[1], [Number.NaN], [3]])).toEqual([null, null, null]);
  });
});
