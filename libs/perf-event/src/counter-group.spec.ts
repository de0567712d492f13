import { ScriptedPerfKernel, type ScriptedPmu } from '@perfwatch/testing';
import { describe, expect, it } from 'vitest';
import { CounterGroup } from './counter-group.ts';
import { ERRNO } from './errnos.ts';
import { PERF_EVENTS, type PerfEventName } from './event-table.ts';
import type { PerfKernel } from './perf-kernel.ts';

const EVENTS = { cycles: 2000, instructions: 1000, branches: 300, 'branch-misses': 30 };
const machine = (own: Partial<ScriptedPmu> = {}) =>
  new ScriptedPerfKernel({ pmus: [{ cpus: [0], counters: 8, share: 1, events: EVENTS, ...own }] });
const open = (kernel: PerfKernel, names: readonly PerfEventName[] = ['cycles', 'instructions', 'branches', 'branch-misses']) =>
  CounterGroup.open({ kernel, cpu: 0, events: names.map((name) => ({ name, attr: PERF_EVENTS[name] })) });
const setsOf = ({ sets }: CounterGroup) => sets.map(({ events }) => events);

describe('CounterGroup', () => {
  it('opens everything as one group where there is room', () => {
    const group = open(machine());
    expect(setsOf(group)).toEqual([['cycles', 'instructions', 'branches', 'branch-misses']]);
    expect(group.refused.size).toBe(0);
  });

  it('leaves out what the PMU does not have, and lets the next one lead when that was the first', () => {
    const group = open(machine({ events: { instructions: 1, 'branch-misses': 1 } }));
    expect(setsOf(group)).toEqual([['instructions', 'branch-misses']]);
    expect([...group.refused]).toEqual([
      ['cycles', ERRNO.ENOENT],
      ['branches', ERRNO.ENOENT],
    ]);
  });

  it('splits a group that does not fit, in order of importance', () => {
    expect(setsOf(open(machine({ counters: 2 })))).toEqual([
      ['cycles', 'instructions'],
      ['branches', 'branch-misses'],
    ]);
    expect(setsOf(open(machine({ counters: 1 })))).toHaveLength(4);
  });

  it('does not take an event that is malformed for one that does not fit', () => {
    const group = open(machine({ refused: { branches: ERRNO.EINVAL } }));
    expect(setsOf(group)).toEqual([['cycles', 'instructions', 'branch-misses']]);
    expect([...group.refused]).toEqual([['branches', ERRNO.EINVAL]]);
  });

  it('has no sets when everything was refused', () => {
    const group = open(new ScriptedPerfKernel({ pmus: [], refusesAll: ERRNO.EACCES }));
    expect(group.sets).toEqual([]);
    expect([...group.refused.values()]).toEqual([ERRNO.EACCES, ERRNO.EACCES, ERRNO.EACCES, ERRNO.EACCES]);
  });

  it('enables a leader before others follow it, for Arm kernels to check whether they fit, and again after that, for them to count', () => {
    const kernel = machine();
    const calls: string[] = [];
    open({
      open: (attr, place) => {
        calls.push(place.leaderFd === null ? 'lead' : 'follow');
        return kernel.open(attr, place);
      },
      enable: (fd) => {
        calls.push('enable');
        return kernel.enable(fd);
      },
      id: (fd) => kernel.id(fd),
      read: (fd, into) => kernel.read(fd, into),
      close: (fd) => kernel.close(fd),
    });
    expect(calls).toEqual(['lead', 'enable', 'follow', 'follow', 'follow', 'enable']);
  });

  it('closes a leader that cannot be enabled, and says why', () => {
    const kernel = machine();
    const group = open(Object.assign(kernel, { enable: () => ERRNO.ENODEV }));
    expect(group.sets).toEqual([]);
    expect(group.refused.get('cycles')).toBe(ERRNO.ENODEV);
    expect(kernel.openDescriptors).toBe(0);
  });

  it('closes every descriptor once, and reads nothing after that', () => {
    const kernel = machine({ counters: 2 });
    const group = open(kernel);
    expect(kernel.openDescriptors).toBe(4);
    group.close();
    group.close();
    expect(kernel.openDescriptors).toBe(0);
    expect(group.sets.map((set) => set.read())).toEqual([null, null]);
  });
});

/** A kernel with one event, `cycles`, whose readings are given one after the other: [time enabled, time running, value]. */
function kernelReading(readings: readonly (readonly [bigint, bigint, bigint] | null)[]): PerfKernel {
  let at = 0;
  return {
    open: () => ({ fd: 5, errno: null }),
    enable: () => null,
    id: () => 9n,
    read: (_fd, into) => {
      const reading = readings[at++] ?? null;
      if (reading === null) return 0;
      into.set([1n, ...reading, 9n]);
      return 5;
    },
    close: () => undefined,
  };
}
const readAll = (...readings: readonly (readonly [bigint, bigint, bigint] | null)[]) => {
  const [set] = open(kernelReading(readings), ['cycles']).sets;
  return readings.slice(1).map(() => {
    const increase = set?.read() ?? null;
    return increase === null ? null : { ...increase, counts: increase.counts === null ? null : [...increase.counts] };
  });
};

describe('a set of counters', () => {
  it('gives what was counted since it was opened, and then since the previous reading', () => {
    expect(readAll([10n, 10n, 100n], [20n, 20n, 150n], [40n, 40n, 450n])).toEqual([
      { enabledNs: 10, runningNs: 10, counts: [50] },
      { enabledNs: 20, runningNs: 20, counts: [300] },
    ]);
  });

  it('scales each interval by its own share, not by that of all time', () => {
    expect(readAll([0n, 0n, 0n], [1000n, 250n, 50n], [2000n, 1250n, 1050n])).toEqual([
      { enabledNs: 1000, runningNs: 250, counts: [200] },
      { enabledNs: 1000, runningNs: 1000, counts: [1000] },
    ]);
  });

  it('scales without loss above what a double holds exactly', () => {
    const [increase] = readAll([0n, 0n, 0n], [4n * 10n ** 18n, 10n ** 18n, 2n ** 51n + 1n]);
    expect(increase?.counts).toEqual([4 * (2 ** 51 + 1)]);
  });

  it('subtracts counters above 2 ** 53 without loss', () => {
    const [increase] = readAll([1n, 1n, 2n ** 63n], [2n, 2n, 2n ** 63n + 7n]);
    expect(increase?.counts).toEqual([7]);
  });

  it('knows no count, but the share, of a time in which it never ran', () => {
    expect(readAll([0n, 0n, 0n], [1000n, 0n, 0n])).toEqual([{ enabledNs: 1000, runningNs: 0, counts: null }]);
  });

  it('begins anew after an empty reading, and after a counter fell', () => {
    const valid = { enabledNs: 10, runningNs: 10, counts: [10] };
    expect(readAll([10n, 10n, 10n], null, [30n, 30n, 30n], [40n, 40n, 40n])).toEqual([null, null, valid]);
    expect(readAll([10n, 10n, 90n], [20n, 20n, 20n], [30n, 30n, 30n])).toEqual([null, valid]);
    expect(readAll([10n, 10n, 10n], [5n, 5n, 20n], [15n, 15n, 30n])).toEqual([null, valid]);
  });
});
