import { ERRNO, PERF_EVENTS, type PerfEventAttr, type PerfKernel, type PerfOpenResult } from '@perfwatch/perf-event';

const NS_PER_SEC = 1_000_000_000n;
const FIRST_FD = 1000;
const TYPE_SHIFT = 32n;
const SOFTWARE_TYPE = 1;

/** What one kind of core, or one other PMU, counts. */
export interface ScriptedPmu {
  /** The CPUs that have it. */
  readonly cpus: readonly number[];
  /** Events that fit into one group. */
  readonly counters: number;
  /** Part of the time that each group of it counts, 0 to 1. */
  readonly share: number;
  /** By event: counts per second on CPU 0, one percent more on each further one. Others are unknown to it: ENOENT. */
  readonly events: Readonly<Record<string, number>>;
  /** Events that are refused with another errno than ENOENT. */
  readonly refused?: Readonly<Record<string, number>>;
  /** `type` of the PMU where its events have to be asked for with it, on hybrid Intel processors. */
  readonly extendedType?: number;
}

/** A machine's counters, as a table. Events have the names of PERF_EVENTS; others are `type:config`, such as `9:0x2`. */
export interface PerfScript {
  readonly pmus: readonly ScriptedPmu[];
  /** CPUs that are online; those of all PMUs when left out. */
  readonly online?: readonly number[];
  /** The errno that every event is refused with. */
  readonly refusesAll?: number;
  /** Descriptors that there are; opening one more is EMFILE. */
  readonly descriptors?: number;
}

interface OpenEvent {
  readonly name: string;
  readonly cpu: number;
  readonly pmu: ScriptedPmu;
  /** Its group, the leader first. */
  readonly group: number[];
  readonly id: bigint;
}

const NAMES = new Map(Object.entries(PERF_EVENTS).map(([name, { type, config }]) => [`${type}:${config}`, name]));

/** The name that a table has an event under, and the type of the PMU it was asked of, 0 for any. */
function nameOf({ type, config }: PerfEventAttr): { name: string; extendedType: number } {
  const name = NAMES.get(`${type}:${BigInt.asUintN(Number(TYPE_SHIFT), config)}`);
  if (name !== undefined) return { name, extendedType: Number(config >> TYPE_SHIFT) };
  return { name: `${type}:0x${config.toString(16)}`, extendedType: 0 };
}

/**
 * A kernel whose counters are a table. Each reading of a group is a second later than the one before, whatever the clock says: what it counts per second is the
 * difference of two readings.
 */
export class ScriptedPerfKernel implements PerfKernel {
  #script: PerfScript;
  readonly #open = new Map<number, OpenEvent>();
  readonly #seconds = new Map<number, bigint>();
  /** Leaders whose CPU went offline: their counters stand still for good. */
  readonly #dead = new Set<number>();
  #nextFd = FIRST_FD;

  constructor(script: PerfScript) {
    this.#script = script;
  }

  /** Descriptors that are open now. */
  get openDescriptors(): number {
    return this.#open.size;
  }

  /** What is being counted now: `CPU:event`, in the order of opening. */
  get counted(): string[] {
    return [...this.#open.values()].map(({ cpu, name }) => `${cpu}:${name}`);
  }

  /** The machine changes. Groups on CPUs that are no longer online die, and stay so when the CPU comes back. */
  change(script: PerfScript): void {
    this.#script = script;
    const online = this.#online();
    for (const [fd, { cpu }] of this.#open) if (!online.has(cpu)) this.#dead.add(fd);
  }

  open(attr: PerfEventAttr, { cpu, leaderFd }: { readonly cpu: number; readonly leaderFd: number | null }): PerfOpenResult {
    const { name, extendedType } = nameOf(attr);
    const pmu = this.#script.pmus.find(
      (one) => one.cpus.includes(cpu) && (name in one.events || name in (one.refused ?? {})) && this.#isAsked(one, attr, extendedType),
    );
    const errno = this.#refusal({ cpu, name, pmu, leaderFd });
    if (errno !== null || pmu === undefined) return { fd: null, errno: errno ?? ERRNO.ENOENT };
    const fd = this.#nextFd++;
    const group = leaderFd === null ? [] : (this.#open.get(leaderFd)?.group ?? []);
    group.push(fd);
    this.#open.set(fd, { name, cpu, pmu, group, id: BigInt(fd) });
    return { fd, errno: null };
  }

  enable(leaderFd: number): number | null {
    return this.#open.has(leaderFd) ? null : ERRNO.EBADF;
  }

  id(fd: number): bigint | null {
    return this.#open.get(fd)?.id ?? null;
  }

  read(fd: number, into: BigUint64Array): number {
    const leader = this.#open.get(fd);
    if (leader === undefined) return -ERRNO.EBADF;
    const seconds = (this.#seconds.get(fd) ?? 0n) + (this.#dead.has(fd) ? 0n : 1n);
    this.#seconds.set(fd, seconds);
    const { share } = leader.pmu;
    const runningNs = BigInt(Math.round(Number(NS_PER_SEC) * share)) * seconds;
    const words = [BigInt(leader.group.length), seconds * NS_PER_SEC, runningNs];
    for (const member of leader.group) {
      const event = this.#open.get(member);
      if (event !== undefined) words.push(BigInt(Math.floor(this.#perSecond(event) * share)) * seconds, event.id);
    }
    into.set(words);
    return words.length;
  }

  close(fd: number): void {
    this.#open.delete(fd);
    this.#seconds.delete(fd);
    this.#dead.delete(fd);
  }

  #online(): Set<number> {
    return new Set(this.#script.online ?? this.#script.pmus.flatMap(({ cpus }) => cpus));
  }

  #isAsked(pmu: ScriptedPmu, { type }: PerfEventAttr, extendedType: number): boolean {
    return type === SOFTWARE_TYPE || extendedType === (pmu.extendedType ?? 0);
  }

  #perSecond({ name, cpu, pmu }: OpenEvent): number {
    return (pmu.events[name] ?? 0) * (1 + cpu / 100);
  }

  #refusal({
    cpu,
    name,
    pmu,
    leaderFd,
  }: {
    cpu: number;
    name: string;
    pmu: ScriptedPmu | undefined;
    leaderFd: number | null;
  }): number | null {
    const { refusesAll, descriptors = Infinity } = this.#script;
    if (refusesAll !== undefined) return refusesAll;
    if (this.#open.size >= descriptors) return ERRNO.EMFILE;
    if (!this.#online().has(cpu)) return ERRNO.ENODEV;
    if (pmu === undefined) return ERRNO.ENOENT;
    const errno = pmu.refused?.[name];
    if (errno !== undefined) return errno;
    const members = leaderFd === null ? 0 : (this.#open.get(leaderFd)?.group.length ?? 0);
    return members >= pmu.counters ? ERRNO.EINVAL : null;
  }
}
