import type { CpuTimes } from '@perfwatch/procfs';
import { roundMetric, type CounterDeltas } from '@perfwatch/service-kit';
import type { CpuShares } from './declaration.ts';

/** Time spent between two ticks, in ticks of USER_HZ, every tick in one mode only. */
export interface SpentTime {
  user: number;
  nice: number;
  system: number;
  idle: number;
  iowait: number;
  irq: number;
  softirq: number;
  steal: number;
  guest: number;
}

/** A second: races in the kernel's accounting are smaller, what a CPU has counted before it is plugged in again is more. */
const MAX_STEP_BACK = 100;
/** Idle and iowait may fall by any amount as long as their sum does not: see `spentTime`. */
const STEP_BACKS = [...Array<number>(8).fill(MAX_STEP_BACK), Infinity, Infinity, MAX_STEP_BACK];

const within = (value: number, most: number) => Math.min(Math.max(value, 0), Math.max(most, 0));

/**
 * What a CPU did since the previous tick; null at the first, after it was away and after its counters were reset.
 *
 * The kernel counts guests in user (and nice) as well, so they are taken out of it. And it takes time back: a CPU that is idle
 * with a disk request pending counts as iowait until another CPU takes the request over, and as idle from its beginning then.
 * Iowait falls and idle rises by the same; their sum holds, so each is settled within it.
 */
export function spentTime(counters: CounterDeltas, key: string, times: CpuTimes): SpentTime | null {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0, guest = 0, guestNice = 0] = times;
  const row = [user, nice, system, irq, softirq, steal, guest, guestNice, idle, iowait, idle + iowait];
  const deltas = counters.deltas(key, row, { maxStepBack: STEP_BACKS });
  if (deltas === null) return null;
  const [dUser = 0, dNice = 0, dSystem = 0, dIrq = 0, dSoftirq = 0, dSteal = 0, dGuest = 0, dGuestNice = 0, , dIowait = 0, dResting = 0] =
    deltas;
  const guestInUser = within(dGuest, dUser);
  const guestInNice = within(dGuestNice, dNice);
  const waiting = within(dIowait, dResting);
  return {
    user: Math.max(dUser, 0) - guestInUser,
    nice: Math.max(dNice, 0) - guestInNice,
    system: Math.max(dSystem, 0),
    idle: Math.max(dResting, 0) - waiting,
    iowait: waiting,
    irq: Math.max(dIrq, 0),
    softirq: Math.max(dSoftirq, 0),
    steal: Math.max(dSteal, 0),
    guest: guestInUser + guestInNice,
  };
}

export const noTime = (): SpentTime => ({
  user: 0,
  nice: 0,
  system: 0,
  idle: 0,
  iowait: 0,
  irq: 0,
  softirq: 0,
  steal: 0,
  guest: 0,
});

/** Adds `spent` to `sum`. */
export function addTime(sum: SpentTime, spent: SpentTime): void {
  sum.user += spent.user;
  sum.nice += spent.nice;
  sum.system += spent.system;
  sum.idle += spent.idle;
  sum.iowait += spent.iowait;
  sum.irq += spent.irq;
  sum.softirq += spent.softirq;
  sum.steal += spent.steal;
  sum.guest += spent.guest;
}

/** Modes that kernels did not always count, by the number of columns it takes. */
const LATER_MODES = [
  ['iowait_percent', 5],
  ['irq_percent', 6],
  ['softirq_percent', 7],
  ['steal_percent', 8],
  ['guest_percent', 9],
] as const satisfies readonly (readonly [keyof CpuShares, number])[];

/** The metrics that a /proc/stat of so many columns cannot give. */
export function missingModes(columns: number): (keyof CpuShares)[] {
  return LATER_MODES.filter(([, needed]) => columns < needed).map(([metric]) => metric);
}

/** Shares of the time that was spent, in percent, which sum to 100; all null when none was counted. Modes not counted are left out. */
export function sharesOf(spent: SpentTime | null, missing: readonly (keyof CpuShares)[]): CpuShares {
  const total =
    spent === null
      ? 0
      : spent.user + spent.nice + spent.system + spent.idle + spent.iowait + spent.irq + spent.softirq + spent.steal + spent.guest;
  const percent = (ticks: number | undefined) => (ticks === undefined || total === 0 ? null : roundMetric((100 * ticks) / total));
  const shares: CpuShares = {
    usage_percent: percent(spent === null ? undefined : total - spent.idle - spent.iowait),
    user_percent: percent(spent?.user),
    nice_percent: percent(spent?.nice),
    system_percent: percent(spent?.system),
    idle_percent: percent(spent?.idle),
    iowait_percent: percent(spent?.iowait),
    irq_percent: percent(spent?.irq),
    softirq_percent: percent(spent?.softirq),
    steal_percent: percent(spent?.steal),
    guest_percent: percent(spent?.guest),
  };
  for (const metric of missing) Reflect.deleteProperty(shares, metric);
  return shares;
}
