// pmu-vm: --icount
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CounterGroup, ERRNO, PERF_EVENTS, openPerfKernel, type GroupEvent, type PerfEventName } from '@perfwatch/perf-event';

// The machine counts 1,000 cycles a microsecond, idle or not, and an instruction takes two nanoseconds: see tools/pmu-vm/README.md.
const CYCLES_PER_NS = 1;
const BUSY_IPC = 0.5;
/** Counters of this PMU, that for cycles included. */
const COUNTERS = 7;

const kernel = openPerfKernel();
const events = (...names: PerfEventName[]): GroupEvent[] => names.map((name) => ({ name, attr: PERF_EVENTS[name] }));
const pair = () => CounterGroup.open({ kernel, cpu: 0, events: events('cycles', 'instructions') });

function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

function close(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} within ${tolerance}`);
}

/** What the whole CPU did, the test runner included, in ticks of 10 ms. */
function cpuTicks(): { all: number; idle: number } {
  const times = readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  return { all: times.reduce((sum, ticks) => sum + ticks, 0), idle: (times[3] ?? Number.NaN) + (times[4] ?? Number.NaN) };
}

/** Reads the only set of each group. */
const readAll = (groups: readonly CounterGroup[]) => groups.map(({ sets }) => sets[0]?.read() ?? null);

await describe('counters of a real PMU', async () => {
  await it('give half an instruction per cycle in a busy loop', () => {
    const group = pair();
    spin(300);
    const [increase] = readAll([group]);
    const [cycles = Number.NaN, instructions] = increase?.counts ?? [];
    close((instructions ?? Number.NaN) / cycles, BUSY_IPC, 0.001);
    close(cycles, Number(increase?.enabledNs) * CYCLES_PER_NS, cycles / 1000);
    group.close();
  });

  await it('give the busy share of that on a CPU that is idle for a part of the time', async () => {
    const group = pair();
    const before = cpuTicks();
    spin(400);
    await delay(400);
    const [increase] = readAll([group]);
    const after = cpuTicks();
    group.close();
    const share = 1 - (after.idle - before.idle) / (after.all - before.all);
    const [cycles = Number.NaN, instructions = Number.NaN] = increase?.counts ?? [];
    close(share, 0.5, 0.2);
    close(instructions / cycles, share * BUSY_IPC, 0.02);
  });

  for (const { groups, share } of [
    { groups: 4, share: 0.75 },
    { groups: 12, share: 0.25 },
  ]) {
    await it(`run ${100 * share} % of the time when ${groups} groups take turns, and are scaled to all of it`, () => {
      const opened = Array.from({ length: groups }, pair);
      spin(1500);
      for (const increase of readAll(opened)) {
        close(Number(increase?.runningNs) / Number(increase?.enabledNs), share, 0.04);
        const [cycles = Number.NaN, instructions = Number.NaN] = increase?.counts ?? [];
        close(cycles / Number(increase?.enabledNs), CYCLES_PER_NS, 0.01);
        close(instructions / cycles, BUSY_IPC, 0.001);
      }
      for (const group of opened) group.close();
    });
  }

  await it('are split when a group has more events than there are counters, and count on all the same', () => {
    const many = Array.from({ length: COUNTERS + 1 }, (_, index) => ({ name: `cycles ${index}`, attr: PERF_EVENTS.cycles }));
    const group = CounterGroup.open({ kernel, cpu: 0, events: many });
    assert.deepEqual(
      group.sets.map((set) => set.events.length),
      [COUNTERS, 1],
    );
    spin(300);
    for (const set of group.sets) close(set.read()?.counts?.[0], 300e6, 30e6);
    group.close();
  });

  await it('read nothing when they are pinned and there is none left', () => {
    const pinned = Array.from({ length: COUNTERS + 1 }, () =>
      kernel.open({ ...PERF_EVENTS.cycles, pinned: true }, { cpu: 0, leaderFd: null }),
    );
    const words = new BigUint64Array(8);
    const lengths = pinned.map(({ fd }) => {
      if (fd !== null) kernel.enable(fd);
      return fd === null ? null : kernel.read(fd, words);
    });
    assert.deepEqual(lengths, [...Array<number>(COUNTERS).fill(5), 0]);
    for (const { fd } of pinned) if (fd !== null) kernel.close(fd);
  });

  await it('do not exist for caches, branches and unknown CPUs, and the kernel says why', () => {
    const names = ['cycles', 'branches', 'branch-misses', 'L1-dcache-loads', 'LLC-load-misses', 'dTLB-loads', 'iTLB-load-misses'] as const;
    const group = CounterGroup.open({ kernel, cpu: 0, events: events(...names) });
    assert.deepEqual(
      [...group.refused],
      names.slice(1).map((name) => [name, ERRNO.ENOENT]),
    );
    assert.deepEqual(group.sets[0]?.events, ['cycles']);
    group.close();
    assert.equal(kernel.open(PERF_EVENTS.cycles, { cpu: 4000, leaderFd: null }).errno, ERRNO.EINVAL);
  });

  await it('count software events of several kernel PMUs in one group', async () => {
    const group = CounterGroup.open({ kernel, cpu: 0, events: events('cpu-clock', 'context-switches', 'page-faults') });
    for (let turn = 0; turn < 20; turn += 1) await delay(2);
    const [clockNs = 0, switches = 0] = group.sets[0]?.read()?.counts ?? [];
    assert.ok(clockNs > 40e6, `${clockNs} ns`);
    assert.ok(switches >= 20, `${switches} switches`);
    group.close();
  });

  await it('leave no descriptor behind', () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    const groups = Array.from({ length: 12 }, pair);
    assert.equal(open(), before + 24);
    for (const group of groups) group.close();
    assert.equal(open(), before);
  });
});
