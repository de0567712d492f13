import { describe, expect, it } from 'vitest';
import { sumOfIncreases, trafficOf } from './traffic.ts';

describe('sumOfIncreases', () => {
  it('adds what is known, and is null for a column that no interface knows', () => {
    const one = [1, 2, null, 4, 5, 6, null, 8];
    const other = [10, 20, null, null, 50, 60, 70, 80];
    expect(sumOfIncreases([one, null, other])).toEqual([11, 22, null, 4, 55, 66, 70, 88]);
    expect(sumOfIncreases([null])).toEqual(Array(8).fill(null));
  });
});

describe('trafficOf', () => {
  it('gives rates of the measured time, and none where no time has passed', () => {
    const increases = [1000, 10, 0, 0, 500, 5, null, 1];
    expect(trafficOf(increases, 2000)).toMatchObject({ recv_bytes_per_sec: 500, sent_packets_per_sec: 2.5, sent_errors_per_sec: null });
    for (const elapsedMs of [null, 0, -1]) expect(trafficOf(increases, elapsedMs)).toMatchObject({ recv_bytes_per_sec: null });
  });
});
