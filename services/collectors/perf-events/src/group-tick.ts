import { roundMetric } from '@perfwatch/service-kit';
import type { CpuCounters } from './cpu-counters.ts';
import type { CoreRatios } from './declaration.ts';
import type { RatioOf } from './event-groups.ts';
import type { GroupCounters } from './group-counters.ts';

const MAX_PERCENT = 100;

/** What one group gave at one tick, over all its CPUs. NaN: not known, because some CPU did not count it. */
export interface GroupTick {
  /** By column: counts per second. */
  readonly perSec: Float64Array;
  /** In the order of the group's ratios. */
  readonly ratios: readonly (number | null)[];
  /** The least part of the time that it was counting on a CPU, 0 to 1; null when nothing was read. */
  readonly share: number | null;
  /** CPUs that went offline since the previous tick, whether they are back or not. */
  readonly dead: readonly number[];
}

/** `factor` times part / whole; null when that is not known or nothing was counted. Percentages end at 100: their help says why. */
function ratioValue({ factor, metric }: RatioOf, part: number, whole: number): number | null {
  const value = (factor * part) / whole;
  if (!Number.isFinite(value)) return null;
  return roundMetric(metric.endsWith('_percent') ? Math.min(value, MAX_PERCENT) : value);
}

/** Adds the ratios of a CPU to what is known of it. Null until it has been read. */
function addRatios(core: CoreRatios, counters: CpuCounters, isRead: boolean): void {
  for (const placed of counters.ratios) {
    if (placed === null) continue;
    core[placed.ratio.metric] = isRead ? ratioValue(placed.ratio, counters.partOf(placed), counters.wholeOf(placed)) : null;
  }
}

/** Sums over the CPUs that were read. A CPU that does not count a column makes its sum NaN, which it stays. */
class GroupSums {
  readonly perSec: Float64Array;
  readonly #parts: Float64Array;
  readonly #wholes: Float64Array;
  readonly #ratios: readonly RatioOf[];
  #share: number | null = null;
  #cpus = 0;

  constructor({ events, ratios }: GroupCounters['definition']) {
    this.perSec = new Float64Array(events.length);
    this.#parts = new Float64Array(ratios.length);
    this.#wholes = new Float64Array(ratios.length);
    this.#ratios = ratios;
  }

  add(counters: CpuCounters): void {
    const { counts, ratios, seconds } = counters;
    this.#cpus += 1;
    for (let column = 0; column < counts.length; column += 1) {
      this.perSec[column] = (this.perSec[column] ?? Number.NaN) + (counts[column] ?? Number.NaN) / seconds;
    }
    for (let index = 0; index < ratios.length; index += 1) {
      const placed = ratios[index] ?? null;
      this.#parts[index] = (this.#parts[index] ?? Number.NaN) + (placed === null ? Number.NaN : counters.partOf(placed));
      this.#wholes[index] = (this.#wholes[index] ?? Number.NaN) + (placed === null ? Number.NaN : counters.wholeOf(placed));
    }
    if (counters.isCounting) this.#share = Math.min(this.#share ?? 1, counters.share);
  }

  finish(dead: readonly number[]): GroupTick {
    if (this.#cpus === 0) this.perSec.fill(Number.NaN);
    const ratios = this.#ratios.map((ratio, index) =>
      ratioValue(ratio, this.#parts[index] ?? Number.NaN, this.#wholes[index] ?? Number.NaN),
    );
    return { perSec: this.perSec, ratios, share: this.#share, dead };
  }
}

/** Reads a group on all its CPUs; `core`, where it is wanted, gets the ratios of each. CPUs opened within this tick are not read yet. */
export function readGroup(group: GroupCounters, core: Map<number, CoreRatios> | null): GroupTick {
  const sums = new GroupSums(group.definition);
  const dead: number[] = [];
  for (const counters of group.cpus) {
    const isRead = !group.isFresh(counters.cpu) && counters.read();
    if (isRead) sums.add(counters);
    else if (!group.isFresh(counters.cpu)) dead.push(counters.cpu);
    if (core === null || !counters.ratios.some((ratio) => ratio !== null)) continue;
    const ratios = core.get(counters.cpu) ?? {};
    core.set(counters.cpu, ratios);
    addRatios(ratios, counters, isRead);
  }
  return sums.finish(dead);
}
