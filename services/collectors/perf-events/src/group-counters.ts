import { CounterGroup, ERRNO, type GroupEvent, type PerfEventAttr, type PerfKernel } from '@perfwatch/perf-event';
import { CpuCounters } from './cpu-counters.ts';
import type { EventGroup } from './event-groups.ts';

/** A CPU that a group is to be counted on. */
export interface PlannedCpu {
  readonly cpu: number;
  /** Name of its PMU; null where none is known or none matters. */
  readonly pmu: string | null;
}

/** An event that the kernel refused, on a CPU. */
export interface Refusal extends PlannedCpu {
  readonly event: string;
  readonly errno: number;
}

export interface GroupCountersOptions {
  readonly kernel: PerfKernel;
  readonly definition: EventGroup;
  /** How an event is asked for on a CPU; null: not at all. */
  attrOf(event: string, cpu: PlannedCpu): PerfEventAttr | null;
}

const OUT_OF_DESCRIPTORS: ReadonlySet<number> = new Set([ERRNO.EMFILE, ERRNO.ENFILE]);
/** What depends on one CPU at one moment; everything else holds for all CPUs with the same PMU. */
const OF_ONE_CPU: ReadonlySet<number> = new Set([ERRNO.EBUSY, ERRNO.ENOSPC, ERRNO.ENOMEM]);

/**
 * One group of events on every CPU it is to be counted on. An event that a PMU does not have is asked for on the first of its CPUs only. A group for
 * which the descriptors do not suffice is not counted at all: a sum over some of the CPUs would be taken for that of all.
 */
export class GroupCounters {
  readonly definition: EventGroup;
  readonly #options: GroupCountersOptions;
  readonly #cpus = new Map<number, CpuCounters>();
  /** By PMU and event. */
  readonly #refusedByPmu = new Map<string | null, Map<string, Refusal>>();
  readonly #refusedByCpu = new Map<number, Refusal[]>();
  /** CPUs opened within this tick: there is nothing to read yet. */
  readonly #fresh = new Set<number>();
  /** CPUs that should be online and were not when they were asked. */
  readonly #offline = new Set<number>();
  #shortage: Refusal | null = null;
  #isOpening = false;

  constructor(options: GroupCountersOptions) {
    this.definition = options.definition;
    this.#options = options;
  }

  get cpus(): Iterable<CpuCounters> {
    return this.#cpus.values();
  }

  get refusals(): Refusal[] {
    if (this.#shortage !== null) return [this.#shortage];
    return [...[...this.#refusedByPmu.values()].flatMap((events) => [...events.values()]), ...[...this.#refusedByCpu.values()].flat()];
  }

  /** Descriptors that are open. */
  get descriptors(): number {
    return [...this.#cpus.values()].reduce((sum, { events }) => sum + events.size, 0);
  }

  /** The errno of a shortage of descriptors for which it was given up: `follow` does nothing until `forgetShortage`. Null when there is none. */
  get shortage(): number | null {
    return this.#shortage?.errno ?? null;
  }

  get isCounting(): boolean {
    return [...this.#cpus.values()].some(({ isCounting }) => isCounting);
  }

  /** CPUs that should be online and were not: worth another try at the next tick. */
  get offline(): Iterable<number> {
    return this.#offline;
  }

  /** Whether there are CPUs left that it is to be counted on, or the last of them were opened only now: `follow` goes on. */
  get isOpening(): boolean {
    return this.#isOpening;
  }

  /** Whether some CPUs were opened within this tick. */
  get hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  isFresh(cpu: number): boolean {
    return this.#fresh.has(cpu);
  }

  /** Descriptors that counting on these CPUs takes, without the events known to be refused. */
  needs(planned: readonly PlannedCpu[]): number {
    const byPmu = Map.groupBy(planned, ({ pmu }) => pmu).values();
    return [...byPmu].reduce(
      (sum, [first, ...others]) => sum + (first === undefined ? 0 : this.#eventsFor(first).length * (1 + others.length)),
      0,
    );
  }

  /** Asks for every event on a CPU of each kind not counted on, and lets go of them: what is refused needs no descriptors. */
  learn(planned: readonly PlannedCpu[]): void {
    const counted = new Set([...this.#cpus.values()].map(({ pmu }) => pmu));
    for (const [pmu, [first]] of Map.groupBy(planned, (one) => one.pmu)) {
      if (counted.has(pmu) || first === undefined || this.#shortage !== null) continue;
      this.#open(first);
      this.drop(first.cpu);
    }
  }

  /** Closes everything until `forgetShortage`: descriptors do not suffice for what is planned. */
  giveUp([first]: readonly PlannedCpu[], errno: number): void {
    const [event] = this.definition.events;
    if (first !== undefined && event !== undefined) this.#giveUp({ ...first, event, errno });
  }

  /** Lets `follow` try again what descriptors did not suffice for. */
  forgetShortage(): void {
    this.#shortage = null;
  }

  /**
   * Counts on exactly these CPUs from now on; those that were counted on before go on. Opens at least one of the others, and more of them while
   * `mayGoOn` says so.
   */
  follow(planned: readonly PlannedCpu[], mayGoOn: () => boolean): void {
    const wanted = new Map(planned.map((one) => [one.cpu, one.pmu]));
    for (const { cpu, pmu } of [...this.#cpus.values()]) {
      if (!wanted.has(cpu) || wanted.get(cpu) !== pmu) this.drop(cpu);
    }
    if (this.#shortage !== null) return;
    const wasOpening = this.#isOpening;
    const isOffline = ({ cpu }: PlannedCpu) => this.#offline.has(cpu);
    const absent = planned.filter(({ cpu }) => !this.#cpus.has(cpu));
    // Those that were refused keep none of the others waiting.
    const missing = [...absent.filter((one) => !isOffline(one)), ...absent.filter(isOffline)];
    this.#offline.clear();
    for (const [index, one] of missing.entries()) {
      this.#isOpening = index > 0 && !mayGoOn();
      if (this.#isOpening) return;
      this.#open(one);
      if (this.shortage !== null) return;
    }
    this.#isOpening = wasOpening && missing.some(({ cpu }) => this.#cpus.has(cpu));
  }

  /** Stops counting on a CPU; `follow` begins anew. */
  drop(cpu: number): void {
    this.#cpus.get(cpu)?.close();
    this.#cpus.delete(cpu);
    this.#fresh.delete(cpu);
    this.#offline.delete(cpu);
    this.#refusedByCpu.delete(cpu);
  }

  /**
   * Whether the kernel would no longer refuse what it refused, or for another reason. Asks once for each event; not where descriptors did not
   * suffice, which one to spare does not change.
   */
  isRefusalOver(): boolean {
    if (this.#shortage !== null) return false;
    const asked = new Set<string>();
    for (const refusal of this.refusals) {
      const attr = asked.has(refusal.event) ? null : this.#options.attrOf(refusal.event, refusal);
      asked.add(refusal.event);
      if (attr === null) continue;
      const { fd, errno } = this.#options.kernel.open(attr, { cpu: refusal.cpu, leaderFd: null });
      if (fd !== null) this.#options.kernel.close(fd);
      if (errno !== refusal.errno) return true;
    }
    return false;
  }

  /** Ends a tick: what was opened within it can be read at the next. */
  endTick(): void {
    this.#fresh.clear();
  }

  /** Closes every descriptor and forgets what was refused; `follow` begins anew. */
  close(): void {
    this.#closeAll();
    this.#refusedByPmu.clear();
    this.#shortage = null;
  }

  #open(planned: PlannedCpu): void {
    const { kernel, definition } = this.#options;
    let group = CounterGroup.open({ kernel, cpu: planned.cpu, events: this.#eventsFor(planned) });
    const refusals = [...group.refused].map(([event, errno]): Refusal => ({ ...planned, event, errno }));
    const shortage = refusals.find(({ errno }) => OUT_OF_DESCRIPTORS.has(errno));
    if (shortage !== undefined || refusals.some(({ errno }) => errno === ERRNO.ENODEV)) {
      group.close();
      if (shortage === undefined) this.#offline.add(planned.cpu);
      else this.#giveUp(shortage);
      return;
    }
    for (const refusal of refusals) this.#remember(refusal);
    if (!this.#isUseful(group)) {
      group.close();
      group = CounterGroup.open({ kernel, cpu: planned.cpu, events: [] });
    }
    this.#cpus.set(planned.cpu, new CpuCounters(definition, { group, pmu: planned.pmu }));
    this.#fresh.add(planned.cpu);
  }

  #giveUp(shortage: Refusal): void {
    this.#closeAll();
    this.#shortage = shortage;
  }

  #closeAll(): void {
    for (const counters of this.#cpus.values()) counters.close();
    this.#cpus.clear();
    this.#refusedByCpu.clear();
    this.#fresh.clear();
    this.#offline.clear();
    this.#isOpening = false;
  }

  /** Whether it counts anything that is shown: instructions alone, without what they are compared with, would only take a counter from others. */
  #isUseful({ sets }: CounterGroup): boolean {
    return sets.some(({ events }) => this.definition.rates.some(({ event }) => events.includes(event)));
  }

  #remember(refusal: Refusal): void {
    const { cpu, pmu, event, errno } = refusal;
    if (OF_ONE_CPU.has(errno)) {
      this.#refusedByCpu.set(cpu, [...(this.#refusedByCpu.get(cpu) ?? []), refusal]);
      return;
    }
    const events = this.#refusedByPmu.get(pmu) ?? new Map<string, Refusal>();
    this.#refusedByPmu.set(pmu, events.set(event, refusal));
  }

  /** The events that this CPU's PMU is not known to be refused. */
  #eventsFor(planned: PlannedCpu): GroupEvent[] {
    const refused = this.#refusedByPmu.get(planned.pmu);
    const events: GroupEvent[] = [];
    for (const name of this.definition.events) {
      const attr = refused?.has(name) === true ? null : this.#options.attrOf(name, planned);
      if (attr !== null) events.push({ name, attr });
    }
    return events.some(({ name }) => this.definition.rates.some(({ event }) => event === name)) ? events : [];
  }
}
