import { ERRNO } from '@perfwatch/perf-event';
import type { PerfScript, ScriptedPmu } from './scripted-perf.ts';

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);

const software = (cpus: readonly number[]): ScriptedPmu => ({
  cpus,
  counters: 99,
  share: 1,
  events: { 'cpu-clock': 1_000_000_000, 'context-switches': 1200, 'cpu-migrations': 20, 'page-faults': 340 },
});

/** Energy in units of 2^-32 J; `type` is that of the PMU `power` in the host's sysfs. */
const power = ({ cpus, type, watts }: { cpus: readonly number[]; type: number; watts: number }): ScriptedPmu => ({
  cpus,
  counters: 99,
  share: 1,
  events: { [`${type}:0x2`]: watts * 2 ** 32 },
});

const CORE = { cycles: 2_000_000_000, instructions: 3_000_000_000, branches: 500_000_000, 'branch-misses': 5_000_000 };
const L1D = { 'L1-dcache-loads': 800_000_000, 'L1-dcache-load-misses': 16_000_000 };
const LLC = { 'LLC-loads': 2_000_000, 'LLC-load-misses': 500_000 };
const DTLB = { 'dTLB-loads': 800_000_000, 'dTLB-load-misses': 1_000_000 };

/** A hybrid processor: neither kind of core has all events, and iTLB loads are no valid combination on the big ones (-1 in the kernel's table, EINVAL). */
const LAPTOP: PerfScript = {
  pmus: [
    software(range(0, 3)),
    {
      ...{ cpus: [0, 1], extendedType: 4, counters: 8, share: 0.75 },
      events: { ...CORE, ...L1D, ...LLC, ...DTLB, 'iTLB-load-misses': 40_000 },
      refused: { 'iTLB-loads': ERRNO.EINVAL },
    },
    {
      ...{ cpus: [2, 3], extendedType: 10, counters: 6, share: 0.5 },
      events: {
        ...{ cycles: 1_500_000_000, instructions: 1_200_000_000, branches: 250_000_000, 'branch-misses': 3_000_000 },
        ...{ 'L1-dcache-loads': 300_000_000, 'L1-icache-loads': 200_000_000, ...LLC, ...DTLB },
        ...{ 'iTLB-loads': 1_200_000_000, 'iTLB-load-misses': 60_000 },
      },
    },
    power({ cpus: [0], type: 9, watts: 12.5 }),
  ],
};

/** Two AMD processors: no LLC events, and more iTLB misses than loads, which are the second level's there. Sysfs says which CPUs are online. */
const SERVER: PerfScript = {
  pmus: [
    software(range(0, 127)),
    {
      ...{ cpus: range(0, 127), counters: 6, share: 0.5 },
      events: { ...CORE, ...L1D, ...DTLB, 'iTLB-loads': 30_000, 'iTLB-load-misses': 45_000, 'L1-icache-loads': 150_000_000 },
    },
    power({ cpus: [0, 64], type: 13, watts: 180 }),
  ],
};

/** Six counters and one for cycles; this core has neither events for the last level nor for TLB look-ups. */
const ARM: PerfScript = {
  pmus: [
    software(range(0, 3)),
    {
      ...{ cpus: range(0, 3), counters: 7, share: 0.625 },
      events: { ...CORE, ...L1D, 'dTLB-load-misses': 900_000, 'iTLB-load-misses': 70_000, 'L1-icache-loads': 400_000_000 },
    },
  ],
};

/** Before sysfs named PMUs; three counters are left for groups, so that instructions do not fit beside LLC events, and some groups hardly run. */
const OLD: PerfScript = {
  pmus: [
    software([0, 1]),
    {
      ...{ cpus: [0, 1], counters: 2, share: 0.04 },
      events: { ...CORE, ...L1D, ...LLC, ...DTLB, 'iTLB-loads': 900_000_000, 'iTLB-load-misses': 30_000, 'L1-icache-loads': 700_000_000 },
    },
  ],
};

/** What the counters of each fixture host do. */
const SCRIPTS: Readonly<Record<string, PerfScript>> = {
  laptop: LAPTOP,
  'server-128-cpus': SERVER,
  'arm64-64k-pages': ARM,
  'linux-2.6.32': OLD,
  'missing-fields': { pmus: [], refusesAll: ERRNO.EPERM },
  'vm-1-cpu': { pmus: [software([0])] },
  'vm-no-swap': { pmus: [software([0, 1])] },
};

/** The counters of a fixture host. Throws when there are none for it. */
export function fixturePerfScript(host: string): PerfScript {
  const script = SCRIPTS[host];
  if (script === undefined) throw new Error(`There are no counters for the fixture host "${host}"`);
  return script;
}
