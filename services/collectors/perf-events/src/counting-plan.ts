import { PERF_EVENT_GROUPS, parseCpuSelection, type PerfEventGroup, type PerfEventsConfig } from '@perfwatch/contract';
import { ERRNO, type PerfKernel } from '@perfwatch/perf-event';
import type { HostFs } from '@perfwatch/procfs';
import { TURNED_OFF, type PlannedGroup } from './capability-report.ts';
import { attrOn, findCorePmus, pmuOf, type CorePmu } from './core-pmus.ts';
import { DescriptorRoom } from './descriptor-room.ts';
import { EVENT_GROUPS } from './event-groups.ts';
import { GroupCounters, type PlannedCpu } from './group-counters.ts';
import { findPowerEvents, type PowerEvents } from './power-events.ts';

const SOFTWARE = 'software';
const POWER = 'power';
/** Where descriptors do not suffice for all, the last are given up first. Power takes one or two for each package. */
const BY_IMPORTANCE: readonly PerfEventGroup[] = ['software', 'power', 'core', 'llc', 'l1d', 'dtlb', 'itlb'];

/** Opening a group disturbs its CPU: a third of a second in all on a virtual machine with 256 CPUs. Other collectors wait for their tick meanwhile. */
const MAX_OPENING_MS = 40;

export interface CountingPlanOptions {
  readonly kernel: PerfKernel;
  readonly fs: HostFs;
  /** The monotonic clock. */
  readonly nowMs: () => number;
}

/** What is to be counted, and where. */
export interface Wanted {
  readonly settings: PerfEventsConfig;
  /** CPUs online, ascending. */
  readonly online: readonly number[];
}

/** What sysfs says about counters. */
interface Hardware {
  readonly cores: readonly CorePmu[];
  readonly power: PowerEvents;
}

const discover = (fs: HostFs): Hardware => ({ cores: findCorePmus(fs), power: findPowerEvents(fs) });

/** What there is to ask for, in one text, to see whether that changed. */
const eventsText = ({ cores, power }: Hardware): string =>
  JSON.stringify([cores.map(({ name, type }) => [name, type]), [...power.lacking.keys()], power.group.rates]);
/** Where, in one text. */
const cpusText = ({ cores, power }: Hardware): string => JSON.stringify([cores.map(({ cpus }) => cpus && [...cpus]), power.cpus]);

/** The groups of events on the CPUs of this machine, as the settings want them. */
export class CountingPlan {
  readonly #kernel: PerfKernel;
  readonly #nowMs: () => number;
  readonly #fs: HostFs;
  readonly #room: DescriptorRoom;
  /** What was wanted by the last `follow`, as text; null when there was none. */
  #wantedText: string | null = null;
  #hardware: Hardware;
  #counters: readonly GroupCounters[];
  #groups: readonly PlannedGroup[] = [];

  constructor({ kernel, fs, nowMs }: CountingPlanOptions) {
    this.#kernel = kernel;
    this.#nowMs = nowMs;
    this.#fs = fs;
    this.#room = new DescriptorRoom(fs);
    this.#hardware = discover(fs);
    this.#counters = this.#newCounters();
  }

  /** All groups there are, whether they are counted or not; as of the last `follow`. */
  get groups(): readonly PlannedGroup[] {
    return this.#groups;
  }

  /** Figures that the machine has no event for, to the reason. */
  get lacking(): ReadonlyMap<string, string> {
    return this.#hardware.power.lacking;
  }

  /** Descriptors that counting all that is wanted takes. */
  get descriptors(): number {
    return this.#groups.reduce((sum, { counters, cpus }) => sum + counters.needs(cpus), 0);
  }

  /** The limit of open files that would do for that; null where it is not known. */
  get neededLimit(): number | null {
    return this.#room.limitFor(this.descriptors);
  }

  /** CPUs that should be online and were not when they were to be counted on, ascending: worth another try at the next tick. */
  get offline(): number[] {
    return [...new Set(this.#counters.flatMap(({ offline }) => [...offline]))].sort((one, other) => one - other);
  }

  /** Groups that there was no time to open on all CPUs yet: `follow` goes on with them. */
  get opening(): string[] {
    return this.#counters.filter(({ isOpening }) => isOpening).map(({ definition }) => definition.name);
  }

  /**
   * Counts what is wanted from now on. What was counted before and still is goes on undisturbed. Takes a part of a tick at most: on large machines it is to be called
   * again at the next one.
   */
  follow({ settings, online }: Wanted): void {
    this.#noteWanted(JSON.stringify([settings.cpus, settings.groups, online]));
    this.#groups = this.#counters.map((counters) => this.#plan(counters, { settings, online }));
    const deadlineMs = this.#nowMs() + MAX_OPENING_MS;
    const mayGoOn = () => this.#nowMs() < deadlineMs;
    // What is no longer wanted goes first: its descriptors may be needed.
    for (const { counters, cpus } of this.#groups) if (cpus.length === 0) counters.close();
    const wanted = this.#groups.filter(({ cpus }) => cpus.length > 0).sort((one, other) => rankOf(one) - rankOf(other));
    this.#giveUpLeast(wanted);
    let shortage: number | null = null;
    for (const { counters, cpus } of wanted.filter((group) => group.counters.shortage === null)) {
      // What is left after a group that did not fit is for others than those that matter less.
      if (shortage !== null) counters.giveUp(cpus, shortage);
      else counters.follow(cpus, mayGoOn);
      shortage ??= counters.shortage;
    }
  }

  /** Reads anew which CPUs have which counters, and whether there are others than before. True when something changed. */
  readHardware(): boolean {
    const [before, now] = [this.#hardware, discover(this.#fs)];
    this.#hardware = now;
    if (eventsText(before) === eventsText(now)) return cpusText(before) !== cpusText(now);
    this.close();
    this.#counters = this.#newCounters();
    return true;
  }

  /** Looks for counters that were not there before, and asks again for what was refused. True when `follow` would now count more, or should count less. */
  rediscover(): boolean {
    const { limits, descriptors } = this.#room;
    this.#room.refresh(this.#held);
    if (this.#room.limits !== limits) this.#forgetShortages();
    const isOther = this.readHardware() || this.#room.limits !== limits || this.#room.descriptors !== descriptors;
    const over = this.#counters.filter((counters) => counters.isRefusalOver());
    for (const counters of over) counters.close();
    return isOther || over.length > 0;
  }

  endTick(): void {
    for (const counters of this.#counters) counters.endTick();
  }

  close(): void {
    for (const counters of this.#counters) counters.close();
    this.#wantedText = null;
  }

  get #held(): number {
    return this.#counters.reduce((sum, { descriptors }) => sum + descriptors, 0);
  }

  /** Other plans may fit where the one before did not. */
  #noteWanted(text: string): void {
    if (text === this.#wantedText) return;
    this.#wantedText = text;
    this.#room.begin(this.#held);
    this.#forgetShortages();
  }

  #forgetShortages(): void {
    for (const counters of this.#counters) counters.forgetShortage();
  }

  /** Gives up the groups that matter least until there is room for the others, before anything is opened for them. */
  #giveUpLeast(wanted: readonly PlannedGroup[]): void {
    const room = this.#room.descriptors;
    if (room === null) return;
    let planned = 0;
    for (const { counters, cpus } of wanted) {
      if (planned + counters.needs(cpus) > room) counters.learn(cpus);
      const needed = counters.needs(cpus);
      planned += needed;
      if (needed > 0 && planned > room) counters.giveUp(cpus, ERRNO.EMFILE);
    }
  }

  #newCounters(): GroupCounters[] {
    const kernel = this.#kernel;
    const { power } = this.#hardware;
    const pmuNamed = (name: string | null) => this.#hardware.cores.find((pmu) => pmu.name === name) ?? null;
    const groups = EVENT_GROUPS.map(
      (definition) => new GroupCounters({ kernel, definition, attrOf: (event, { pmu }) => attrOn(pmuNamed(pmu), event) }),
    );
    const energy = new GroupCounters({ kernel, definition: power.group, attrOf: (event) => power.attrs.get(event) ?? null });
    return [...groups, energy].sort((one, other) => orderOf(one) - orderOf(other));
  }

  #plan(counters: GroupCounters, wanted: Wanted): PlannedGroup {
    const { definition } = counters;
    const absence = this.#absenceOf(counters, wanted);
    return { definition, counters, absence, cpus: absence === null ? this.#cpusFor(counters, wanted) : [] };
  }

  #absenceOf({ definition }: GroupCounters, { settings, online }: Wanted): string | null {
    if (!settings.groups.includes(definition.name)) return TURNED_OFF;
    if (definition.name === POWER) return this.#powerAbsence(online);
    const { cpus, fault } = parseCpuSelection(settings.cpus);
    if (fault !== null) return `The settings name no CPUs: ${fault}`;
    if (cpus === 'all' || cpus.some((cpu) => online.includes(cpu))) return null;
    return `None of the CPUs chosen in the settings (${settings.cpus.slice(0, 100)}) is online`;
  }

  #powerAbsence(online: readonly number[]): string | null {
    const { group, cpus, lacking } = this.#hardware.power;
    if (group.events.length === 0) return lacking.values().next().value ?? null;
    return online.some((cpu) => cpus.includes(cpu)) ? null : 'The power PMU of this machine names no CPU online to count on';
  }

  #cpusFor({ definition }: GroupCounters, { settings, online }: Wanted): PlannedCpu[] {
    if (definition.name === POWER) {
      const { cpus } = this.#hardware.power;
      return online.filter((cpu) => cpus.includes(cpu)).map((cpu) => ({ cpu, pmu: POWER }));
    }
    const { cpus } = parseCpuSelection(settings.cpus);
    const chosen = cpus === 'all' ? null : new Set(cpus);
    const counted = online.filter((cpu) => chosen?.has(cpu) ?? true);
    return counted.map((cpu) => ({ cpu, pmu: definition.name === SOFTWARE ? SOFTWARE : (pmuOf(this.#hardware.cores, cpu)?.name ?? null) }));
  }
}

const orderOf = ({ definition }: GroupCounters): number => PERF_EVENT_GROUPS.indexOf(definition.name);
const rankOf = ({ definition }: PlannedGroup): number => BY_IMPORTANCE.indexOf(definition.name);
