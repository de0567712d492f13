import type { PerfEventsConfig } from '@perfwatch/contract';
import { ERRNO } from '@perfwatch/perf-event';
import {
  CORE_COUNTS,
  L1D_COUNTS,
  LLC_COUNTS,
  SOFTWARE_COUNTS,
  scriptedPerfMachine,
  scriptedPmu,
  scriptedSoftware,
  type PerfMachineOptions,
} from '@perfwatch/testing';
import { describe, expect, it, vi } from 'vitest';
import { FIRST, MINUTE, NEXT, startReader, type ReaderOptions } from '../test/start-reader.ts';

/** The collector on a machine with two CPUs and one PMU for both, and what of it a test wants otherwise. */
const start = (own: PerfMachineOptions & ReaderOptions = {}) => startReader(scriptedPerfMachine(own), own);

const DTLB = { 'dTLB-loads': 5e8, 'dTLB-load-misses': 1e6 };
/** What two CPUs take of it: software 8, core 8, llc 6, l1d 4, dtlb 4, and itlb nothing. */
const PMUS = [scriptedSoftware([0, 1]), scriptedPmu({ events: { ...CORE_COUNTS, ...LLC_COUNTS, ...L1D_COUNTS, ...DTLB } })];
const OTHERS = 10;

const limits = (soft: number) =>
  `Max processes             96365                96365                processes \nMax open files            ${soft}    4096    files     \n`;
const opened = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, fd) => [`proc/self/fd/${fd}`, '']));

interface Limited {
  readonly others?: number;
  readonly descriptors?: number;
  readonly settings?: Partial<PerfEventsConfig>;
}

/** A process that may have so many files open, and has ten. */
function startLimited(soft: number, { others = OTHERS, descriptors = Infinity, settings = {} }: Limited = {}) {
  const machine = start({ script: { pmus: PMUS, descriptors }, files: { 'proc/self/limits': limits(soft), ...opened(others) }, settings });
  return { ...machine, setLimit: (limit: number) => machine.write('proc/self/limits', limits(limit)) };
}

/** Groups that are being counted. */
const groupsOf = ({ metrics }: { metrics: { group?: object } }) => Object.keys(metrics.group ?? {}).sort();

describe('descriptors that do not suffice', () => {
  it('are spared by giving up the least important groups before any is opened, so that a quarter stays free', () => {
    const { reader, kernel } = startLimited(48, { descriptors: 26 });
    reader.read(FIRST);
    const reading = reader.read(NEXT);
    expect(groupsOf(reading)).toEqual(['core', 'l1d', 'llc', 'software']);
    expect(kernel.openDescriptors).toBe(26);
    expect(reading.reason).toMatch(
      /^Not counted \(dtlb\): The limit of open files is too low: counting takes 30 descriptors; raise ulimit -n to 54 .*LimitNOFILE.*fewer CPUs or groups/,
    );
    expect(reading.unavailable?.['itlb_loads_per_sec']).toBe('The PMU cpu of this machine does not count iTLB-loads');
  });

  it('do where the limit is what the reason says', () => {
    const { reader } = startLimited(54);
    reader.read(FIRST);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', reason: null });
  });

  it('leave 256 free where there are many', () => {
    const { reader, kernel, setLimit } = startLimited(1024, { others: 1024 - 256 - 29 });
    reader.read(FIRST);
    expect(kernel.openDescriptors).toBe(26);
    expect(reader.read(NEXT).reason).toMatch(/raise ulimit -n to 1025 /);
    setLimit(1025);
    reader.read(MINUTE);
    expect(kernel.openDescriptors).toBe(30);
  });

  it('are not asked for again while neither the limit nor the settings change', () => {
    const { reader, kernel, setLimit } = startLimited(32, { settings: { groups: ['software', 'core'] } });
    reader.read(FIRST);
    expect(groupsOf(reader.read(NEXT))).toEqual(['software']);
    const open = vi.spyOn(kernel, 'open');
    for (let minute = 0; minute < 3; minute += 1) reader.read(MINUTE);
    expect(open).not.toHaveBeenCalled();
    setLimit(64);
    reader.read(MINUTE);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { ipc_ratio: 0.5 } });
  });

  it('are not taken where none is left to list them with', () => {
    const { reader, kernel } = start({ script: { pmus: PMUS }, files: { 'proc/self/limits': limits(48) } });
    expect(reader.read(FIRST).status).toBe('unavailable');
    expect(kernel.openDescriptors).toBe(0);
  });

  it('count fewer CPUs as soon as the settings ask for fewer', () => {
    const { reader, settings } = startLimited(32, { settings: { groups: ['software', 'core'] } });
    reader.read(FIRST);
    settings.cpus = '0';
    reader.read(NEXT);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 2e9 } });
  });

  it('are given back when the rest of the process has come to need them: seconds after the start, then within a minute', () => {
    const { reader, kernel, write } = startLimited(54);
    reader.read(FIRST);
    for (const path of Object.keys(opened(OTHERS + 1 + 30))) write(path, '');
    for (let tick = 0; tick < 5; tick += 1) reader.read(NEXT);
    expect(kernel.openDescriptors).toBe(26);
    expect(reader.read(NEXT).reason).toMatch(/^Not counted \(dtlb\).*to 55 /);
    for (const path of Object.keys(opened(OTHERS + 5 + 26))) write(path, '');
    reader.read(NEXT);
    expect(kernel.openDescriptors).toBe(26);
    for (const path of Object.keys(opened(OTHERS + 10 + 26))) write(path, '');
    reader.read(MINUTE);
    expect(kernel.openDescriptors).toBe(16);
  });
});

describe('descriptors that run out where no limit is known', () => {
  const script = { pmus: PMUS };

  it('end the counting of the group that they did not suffice for, on all CPUs, and of those that matter less', () => {
    const { reader, kernel } = start({ script: { ...script, descriptors: 13 } });
    reader.read(FIRST);
    const { metrics, status, reason, unavailable } = reader.read(NEXT);
    expect(status).toBe('partial');
    expect(reason).toMatch(
      /^Not counted \(core, l1d, llc, dtlb, itlb\): The limit of open files is too low: counting takes 36 descriptors; raise ulimit -n \(/,
    );
    expect(kernel.counted.every((event) => Object.keys(SOFTWARE_COUNTS).includes(event.slice(2)))).toBe(true);
    expect(metrics.context_switches_per_sec).toBe(2010);
    expect(unavailable?.['ipc_ratio']).toMatch(/ulimit -n/);
  });

  it('are tried for again when the limit or the settings change, and not before', () => {
    const { reader, kernel, settings, write } = start({
      script: { ...script, descriptors: 13 },
      settings: { groups: ['software', 'core'] },
    });
    reader.read(FIRST);
    kernel.change(script);
    reader.read(MINUTE);
    expect(groupsOf(reader.read(NEXT))).toEqual(['software']);
    write('proc/sys/fs/file-max', '100000\n');
    reader.read(MINUTE);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { ipc_ratio: 0.5 } });
    kernel.change({ ...script, descriptors: 13 });
    settings.groups = ['software', 'core', 'llc'];
    reader.read(NEXT);
    expect(groupsOf(reader.read(NEXT))).toEqual(['core', 'software']);
  });

  it('are named as what the whole machine lacks where that is so', () => {
    const { reader } = start({ script: { ...script, refusesAll: ERRNO.ENFILE } });
    expect(reader.read(FIRST).reason).toMatch(
      /^Not counted \(software, core, l1d, llc, dtlb, itlb\): This machine has too many files open: [^:]+$/,
    );
  });

  it('count fewer CPUs as soon as the settings ask for fewer', () => {
    const { reader, settings } = start({ script: { ...script, descriptors: 13 }, settings: { groups: ['software', 'core'] } });
    reader.read(FIRST);
    settings.cpus = '0';
    reader.read(NEXT);
    expect(reader.read(NEXT)).toMatchObject({ status: 'ok', metrics: { cycles_per_sec: 2e9 } });
  });
});
