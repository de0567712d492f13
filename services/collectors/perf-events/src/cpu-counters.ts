import type { CounterGroup, CounterSet } from '@perfwatch/perf-event';
import type { EventGroup, RatioOf } from './event-groups.ts';

const NS_PER_SEC = 1e9;

/** A set with where its counts go: the column of each of its events. */
interface PlacedSet {
  readonly set: CounterSet;
  readonly columns: readonly number[];
}

/** A ratio with the columns it divides; `wholeColumn` null: the time enabled. */
export interface PlacedRatio {
  readonly ratio: RatioOf;
  readonly partColumn: number;
  readonly wholeColumn: number | null;
}

/** A ratio where its events count at once; null where they do not, or not all of them are counted. */
function placed(ratio: RatioOf, { events }: EventGroup, sets: readonly CounterSet[]): PlacedRatio | null {
  const { part, whole } = ratio;
  const isAtOnce = sets.some((set) => set.events.includes(part) && (whole === null || set.events.includes(whole)));
  return isAtOnce ? { ratio, partColumn: events.indexOf(part), wholeColumn: whole === null ? null : events.indexOf(whole) } : null;
}

/** A group of events on one CPU. */
export class CpuCounters {
  readonly cpu: number;
  /** Its PMU's name; null where none is known or none matters. */
  readonly pmu: string | null;
  /** By column, the event's place in the group: counts since the previous read, scaled up to the time enabled. NaN: not counted. */
  readonly counts: Float64Array;
  /** In the order of the group's ratios; null for those that this CPU cannot give. */
  readonly ratios: readonly (PlacedRatio | null)[];
  /** What is counted here. */
  readonly events: ReadonlySet<string>;
  /** Nanoseconds since the previous read, by the kernel's clock. */
  enabledNs = 0;
  /** Part of these that it was counting, the least of its sets: 0 to 1. */
  share = 1;
  readonly #group: CounterGroup;
  readonly #sets: readonly PlacedSet[];

  constructor(definition: EventGroup, { group, pmu }: { group: CounterGroup; pmu: string | null }) {
    this.cpu = group.cpu;
    this.pmu = pmu;
    this.#group = group;
    this.#sets = group.sets.map((set) => ({ set, columns: set.events.map((event) => definition.events.indexOf(event)) }));
    this.counts = new Float64Array(definition.events.length).fill(Number.NaN);
    this.events = new Set(group.sets.flatMap(({ events }) => events));
    this.ratios = definition.ratios.map((ratio) => placed(ratio, definition, group.sets));
  }

  get isCounting(): boolean {
    return this.#sets.length > 0;
  }

  get seconds(): number {
    return this.enabledNs / NS_PER_SEC;
  }

  /** Reads every set. False when one of them is dead: its CPU went offline, though it may be back. */
  read(): boolean {
    this.share = 1;
    this.enabledNs = 0;
    for (const { set, columns } of this.#sets) {
      const increase = set.read();
      if (increase === null || increase.enabledNs === 0) return false;
      this.enabledNs = increase.enabledNs;
      this.share = Math.min(this.share, increase.runningNs / increase.enabledNs);
      for (let index = 0; index < columns.length; index += 1) {
        this.counts[columns[index] ?? -1] = increase.counts?.[index] ?? Number.NaN;
      }
    }
    return true;
  }

  /** What a ratio divides: NaN where it was not counted. */
  partOf({ partColumn }: PlacedRatio): number {
    return this.counts[partColumn] ?? Number.NaN;
  }

  /** What a ratio divides by: NaN where it was not counted. */
  wholeOf({ wholeColumn }: PlacedRatio): number {
    return wholeColumn === null ? this.enabledNs : (this.counts[wholeColumn] ?? Number.NaN);
  }

  close(): void {
    this.#group.close();
  }
}
