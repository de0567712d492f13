import { CounterGroup, encodeEvent, type CounterSet, type GroupEvent, type PerfKernel } from '@perfwatch/perf-event';
import { roundMetric } from '@perfwatch/service-kit';
import { TRAFFIC_METRICS, UNKNOWN_TRAFFIC, lackingOf, type DramTraffic, type Traffic } from './dram-traffic.ts';
import type { Direction, DramEvent } from './dram-events.ts';
import type { Lacking } from './declaration.ts';

/** Counters of 8 sockets with 16 channels each, read and written. Every one is a descriptor, and two are a system call at each tick. */
const MAX_COUNTERS = 512;
/** A PMU that does not check groups takes one that it has no counters for, and never counts it: four counters are the fewest known. */
const MAX_GROUP_EVENTS = 2;
const MS_PER_SEC = 1000;

/** An event that the kernel refused to count. */
export class DramCounterRefusedError extends Error {
  override readonly name = 'DramCounterRefusedError';
  readonly event: DramEvent;
  readonly errno: number;
  /** How many descriptors all events take. */
  readonly descriptors: number;

  constructor({ event, errno, descriptors }: { event: DramEvent; errno: number; descriptors: number }) {
    super(`${event.pmu.name} refuses to count ${event.name} (errno ${errno})`);
    this.event = event;
    this.errno = errno;
    this.descriptors = descriptors;
  }
}

/** Events cannot be counted for what sysfs says about them. */
export class DramEventsUnusableError extends Error {
  override readonly name = 'DramEventsUnusableError';
}

/** What is read at once: events of one PMU on one CPU. */
interface OpenSet {
  readonly set: CounterSet;
  /** In the order of the set's counts. */
  readonly events: readonly DramEvent[];
  readonly cpu: number;
}

const describe = ({ pmu, terms }: DramEvent): string => `${pmu.name}/${terms}/`;

function attrOf(event: DramEvent): GroupEvent {
  const { pmu, terms } = event;
  return { name: describe(event), attr: { type: pmu.type, ...encodeEvent(terms, pmu.formats) } };
}

function* chunks(events: readonly DramEvent[]): Generator<DramEvent[]> {
  for (let at = 0; at < events.length; at += MAX_GROUP_EVENTS) yield events.slice(at, at + MAX_GROUP_EVENTS);
}

function groupByPmu(events: readonly DramEvent[]): DramEvent[][] {
  return [...Map.groupBy(events, ({ pmu }) => pmu.name).values()];
}

/** `uncore_imc_0 ... uncore_imc_7: cas_count_read` */
function sourceOf(events: readonly DramEvent[]): string {
  const pmus = [...new Set(events.map(({ pmu }) => pmu.name))];
  const names = [...new Set(events.map(({ name }) => name))];
  const listed = (all: readonly string[]) => (all.length > 3 ? `${all[0]} ... ${all.at(-1)}` : all.join(', '));
  return `${listed(pmus)}: ${listed(names)}`;
}

const explainStandstill = ([event]: readonly DramEvent[], cpu: number) =>
  `${event?.pmu.name ?? 'A PMU'} does not count on CPU ${cpu}: other profilers hold its counters, or the CPU is offline`;

const HALVES: readonly Direction[] = ['read', 'write'];

/** What events do not tell, by metric. One direction alone makes no total. */
function lackingIn(events: readonly DramEvent[]): Lacking {
  const pmu = events[0]?.pmu.name ?? 'The PMU';
  const has = (direction: Direction) => events.some((event) => event.direction === direction);
  if (has('total')) return lackingOf(HALVES, `${pmu} counts reads and writes together`);
  const missing = HALVES.filter((direction) => !has(direction));
  return missing.length === 0 ? {} : lackingOf([...missing, 'total'], `${pmu} counts no ${missing.join(' and no ')}s`);
}

/** Memory traffic from the PMUs of the memory controllers, or of what is in front of them. */
export class UncoreTraffic implements DramTraffic {
  readonly lacking: Lacking;
  readonly sources: Readonly<Record<string, string>>;
  readonly #sets: readonly OpenSet[];
  #fault: string | null = null;

  private constructor(events: readonly DramEvent[], sets: readonly OpenSet[]) {
    this.#sets = sets;
    this.lacking = lackingIn(events);
    const sources: Record<string, string> = {};
    for (const direction of [...HALVES, 'total'] as const) {
      const metric = TRAFFIC_METRICS[direction];
      const counted = direction === 'total' ? events : events.filter((event) => event.direction === direction);
      if (this.lacking[metric] === undefined) sources[metric] = sourceOf(counted);
    }
    this.sources = sources;
  }

  /**
   * Opens every event on every CPU that its PMU names, and begins to count. Throws DramCounterRefusedError at the first that the kernel
   * refuses, for a sum without it would be too small, DramEventsUnusableError where sysfs does not say where to count, and
   * PerfEventSyntaxError where it does not say how; nothing is left open then.
   */
  static open(kernel: PerfKernel, events: readonly DramEvent[]): UncoreTraffic {
    const descriptors = events.reduce((sum, { pmu }) => sum + (pmu.cpumask?.length ?? 0), 0);
    if (descriptors > MAX_COUNTERS) {
      throw new DramEventsUnusableError(
        `This machine has ${descriptors} counters of memory traffic, more than the ${MAX_COUNTERS} that are read`,
      );
    }
    const sets: OpenSet[] = [];
    try {
      for (const ofPmu of groupByPmu(events)) openPmu({ kernel, events: ofPmu, descriptors, sets });
    } catch (error) {
      for (const { set } of sets) set.close();
      throw error;
    }
    return new UncoreTraffic(events, sets);
  }

  get fault(): string | null {
    return this.#fault;
  }

  read(elapsedMs: number | null): Traffic {
    const bytes: Record<Direction, number> = { read: 0, write: 0, total: 0 };
    this.#fault = null;
    for (const { set, events, cpu } of this.#sets) {
      const counts = set.read()?.counts ?? null;
      if (counts === null) this.#fault ??= explainStandstill(events, cpu);
      for (const [index, count] of (counts ?? []).entries()) {
        const event = events[index];
        if (event === undefined) continue;
        bytes[event.direction] += count * event.bytes;
        if (event.direction !== 'total') bytes.total += count * event.bytes;
      }
    }
    if (this.#fault !== null || elapsedMs === null || !(elapsedMs > 0)) return UNKNOWN_TRAFFIC;
    const perSec = (direction: Direction) =>
      this.lacking[TRAFFIC_METRICS[direction]] === undefined ? roundMetric((bytes[direction] * MS_PER_SEC) / elapsedMs) : null;
    return { read: perSec('read'), write: perSec('write'), total: perSec('total') };
  }

  /** PMUs and their CPUs change at most with what they are chosen by: nothing to look for. */
  discover(): void {}

  close(): void {
    for (const { set } of this.#sets) set.close();
  }
}

interface PmuOpening {
  kernel: PerfKernel;
  /** All of one PMU. */
  events: readonly DramEvent[];
  descriptors: number;
  /** What was opened so far; added to. */
  sets: OpenSet[];
}

function openPmu({ kernel, events, descriptors, sets }: PmuOpening): void {
  const [{ pmu } = { pmu: null }] = events;
  if (pmu === null) return;
  if (pmu.cpumask === null || pmu.cpumask.length === 0) {
    throw new DramEventsUnusableError(`${pmu.name} does not tell in its cpumask on which CPUs to count`);
  }
  const byName = new Map(events.map((event) => [describe(event), event]));
  for (const cpu of pmu.cpumask) {
    for (const chunk of chunks(events)) {
      const group = CounterGroup.open({ kernel, cpu, events: chunk.map(attrOf) });
      for (const set of group.sets) {
        const ofSet = set.events.map((name) => byName.get(name)).filter((event) => event !== undefined);
        sets.push({ set, events: ofSet, cpu });
      }
      for (const [name, errno] of group.refused) {
        const event = byName.get(name);
        if (event !== undefined) throw new DramCounterRefusedError({ event, errno, descriptors });
      }
    }
  }
}
