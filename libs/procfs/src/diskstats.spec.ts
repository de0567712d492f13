import { describe, expect, it } from 'vitest';
import { parseDiskstats } from './diskstats.ts';

const CLASSIC = '1 2 3 4 5 6 7 8 9 10 11';

describe('parseDiskstats', () => {
  it('gives the counters that every kernel has, and null for those it does not count', () => {
    expect(parseDiskstats(`   8       0 sda ${CLASSIC}\n`)).toEqual([
      {
        ...{ name: 'sda', reads: 1, readsMerged: 2, sectorsRead: 3, readMs: 4, writes: 5, writesMerged: 6, sectorsWritten: 7, writeMs: 8 },
        ...{ ioMs: 10, weightedMs: 11, discards: null, sectorsDiscarded: null, flushes: null },
      },
    ]);
  });

  it.each([
    ['4.18 counts discards', `${CLASSIC} 12 13 14 15`, { discards: 12, sectorsDiscarded: 14, flushes: null }],
    ['5.5 counts flushes', `${CLASSIC} 12 13 14 15 16 17`, { discards: 12, sectorsDiscarded: 14, flushes: 16 }],
    ['a later one counts more', `${CLASSIC} 12 13 14 15 16 17 18 19`, { weightedMs: 11, flushes: 16 }],
  ])('takes a kernel by its columns: %s', (_kernel, counts, expected) => {
    expect(parseDiskstats(` 259       0 nvme0n1 ${counts}\n`)[0]).toMatchObject(expected);
  });

  it('passes over the short lines of partitions that kernels before 2.6.25 have', () => {
    expect(parseDiskstats(`   8    0 sda ${CLASSIC}\n   8    1 sda1 1 2 3 4\n`).map(({ name }) => name)).toEqual(['sda']);
  });

  it('counts only what is wanted, and asks in the order of the kernel', () => {
    const asked: string[] = [];
    const disks = parseDiskstats(`   8    0 sda ${CLASSIC}\n   8    1 sda1 damaged\n 104    0 cciss/c0d0 ${CLASSIC}\n`, (name) => {
      asked.push(name);
      return name !== 'sda1';
    });
    expect([asked, disks.map(({ name }) => name)]).toEqual([
      ['sda', 'sda1', 'cciss/c0d0'],
      ['sda', 'cciss/c0d0'],
    ]);
  });

  it('knows no device on a machine that has none', () => {
    expect(parseDiskstats('')).toEqual([]);
  });

  it.each([
    ['   8 0 sda 1 2 3\n', 'has 3 counts'],
    [`   8 x sda ${CLASSIC}\n`, 'does not begin with the numbers and the name of a device'],
    ['   8 0\n', 'does not begin with the numbers and the name of a device'],
    ['   8 0 sda 1 2 -3 4 5 6 7 8 9 10 11\n', 'does not begin with a count'],
  ])('refuses %j: %s', (text, message) => {
    expect(() => parseDiskstats(text)).toThrow(message);
  });
});
