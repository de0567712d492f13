import { forEachLine, parseCount, parseCounts } from './counts.ts';
import { ProcfsParseError, shown } from './parse-error.ts';

const FILE = '/proc/stat';
const MAX_CPU = 65_535;

/** Columns of a cpu line in the kernel's order. `user` contains `guest`, `nice` contains `guestNice`. */
export const CPU_TIME_COLUMNS = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest', 'guestNice'] as const;
export type CpuTimeColumn = (typeof CPU_TIME_COLUMNS)[number];

/**
 * Times of one cpu line in ticks of USER_HZ (1/100 s on every current architecture), in the order of CPU_TIME_COLUMNS. Older kernels
 * have fewer columns: four before 2.6, no guest before 2.6.24, no guest_nice before 2.6.33.
 */
export type CpuTimes = readonly number[];

/** /proc/stat. Counters since boot; null where the kernel does not have the line. */
export interface ProcStat {
  /** All CPUs together, offline ones included. */
  readonly total: CpuTimes | null;
  /** By number of CPU, online ones only, in the kernel's order. Numbers may have gaps. */
  readonly cpus: ReadonlyMap<number, CpuTimes>;
  readonly interrupts: number | null;
  readonly softirqs: number | null;
  readonly contextSwitches: number | null;
  readonly forks: number | null;
  readonly runningProcesses: number | null;
  readonly blockedProcesses: number | null;
}

type CountField = Exclude<keyof ProcStat, 'total' | 'cpus'>;

const COUNT_FIELDS: ReadonlyMap<string, CountField> = new Map([
  ['intr', 'interrupts'],
  ['softirq', 'softirqs'],
  ['ctxt', 'contextSwitches'],
  ['processes', 'forks'],
  ['procs_running', 'runningProcesses'],
  ['procs_blocked', 'blockedProcesses'],
]);

function cpuNumber(name: string): number {
  const cpu = parseCount(name, 'cpu'.length, name.length);
  if (cpu !== null && cpu <= MAX_CPU) return cpu;
  throw new ProcfsParseError(FILE, `${shown(name)} is not a CPU`);
}

/** Parses /proc/stat; lines that it does not know are passed over. Throws ProcfsParseError. See proc_stat(5). */
export function parseProcStat(text: string): ProcStat {
  const totals: CpuTimes[] = [];
  const cpus = new Map<number, CpuTimes>();
  const counts: { [Field in CountField]?: number } = {};
  forEachLine(text, (start, end) => {
    const blank = text.indexOf(' ', start);
    const nameEnd = blank === -1 || blank > end ? end : blank;
    const name = text.slice(start, nameEnd);
    const range = { file: FILE, text, start: nameEnd, end };
    if (name.startsWith('cpu')) {
      const times = parseCounts(range, CPU_TIME_COLUMNS.length);
      if (times.length < 4) throw new ProcfsParseError(FILE, `${shown(text.slice(start, end))} has fewer than four times`);
      if (name === 'cpu') totals.push(times);
      else cpus.set(cpuNumber(name), times);
      return;
    }
    const field = COUNT_FIELDS.get(name);
    const first = field === undefined ? undefined : parseCounts(range, 1)[0];
    if (field !== undefined && first !== undefined) counts[field] = first;
  });
  const total = totals.at(-1) ?? null;
  if (total === null && cpus.size === 0) throw new ProcfsParseError(FILE, 'has no cpu line');
  return {
    total,
    cpus,
    interrupts: counts.interrupts ?? null,
    softirqs: counts.softirqs ?? null,
    contextSwitches: counts.contextSwitches ?? null,
    forks: counts.forks ?? null,
    runningProcesses: counts.runningProcesses ?? null,
    blockedProcesses: counts.blockedProcesses ?? null,
  };
}
