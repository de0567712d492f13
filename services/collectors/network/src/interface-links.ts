import type { HostFs } from '@perfwatch/procfs';
import { countedInterfaces, type CountedInterfaces } from './counted-interfaces.ts';
import { listInterfaces, readInterfaceFacts, readLinkSpeed, readUpRatio, type InterfaceFacts } from './interface-facts.ts';

/** What sysfs tells about one interface. */
export interface InterfaceLink {
  readonly speedBytesPerSec: number | null;
  readonly upRatio: 0 | 1 | null;
}

interface KnownInterface extends InterfaceLink {
  /** Null where sysfs does not show it. */
  readonly facts: InterfaceFacts | null;
  readonly sinceLookMs: number;
}

/** Whether every interface is up is looked at within this time, a part of them with each tick. */
const STATE_MS = 3000;
/** What kind it is and how fast, where a driver may ask its firmware, is looked at this often, and when its state changes. */
const LOOK_MS = 10_000;
/** What is new beyond this waits for the next tick: what kind it is costs 30 microseconds. */
const MAX_NEW_PER_TICK = 4096;
/** The state and speed of what is new beyond this have their turn within STATE_MS: they cost as much again. */
const MAX_LOOKS_PER_TICK = 64;
const MAX_STATES_PER_TICK = 256;
/** An interface may come or go between the reading of the one tree and of the other. */
const DIFFERENCES_UNTIL_OTHER = 2;

const NO_LINK: InterfaceLink = { speedBytesPerSec: null, upRatio: null };
const NOWHERE = '/sys/class/net does not exist on this machine';
const ELSEWHERE =
  'The /sys that this collector sees is that of another network namespace than its /proc: mount /sys from the same machine (PERFWATCH_SYSFS)';

/** Speed, state and kind of the interfaces, from sysfs, at the pace that each needs. Holds what /proc/net/dev last named. */
export class InterfaceLinks {
  readonly #fs: HostFs;
  readonly #known = new Map<string, KnownInterface>();
  /** Names whose state is to be looked at next. */
  #queue: string[] = [];
  #sinceListMs = Infinity;
  /** How often in a row the two trees differed. At the first look once is enough: nothing is shown yet that would flicker. */
  #differences = DIFFERENCES_UNTIL_OTHER - 1;
  #fault: string | null = null;
  #counted: CountedInterfaces | null = null;

  constructor(fs: HostFs) {
    this.#fs = fs;
  }

  /** Why sysfs tells nothing, or null. */
  get fault(): string | null {
    return this.#fault;
  }

  /** The interfaces that the totals are made of: the same object while they are the same. */
  get counted(): CountedInterfaces {
    this.#counted ??= countedInterfaces(new Map([...this.#known].map(([name, { facts }]) => [name, facts])));
    return this.#counted;
  }

  linkOf(name: string): InterfaceLink {
    return this.#known.get(name) ?? NO_LINK;
  }

  /** To be called with each tick, with what /proc/net/dev names at this one. */
  refresh(names: ReadonlyMap<string, unknown>, elapsedMs: number | null): void {
    const added = [...names.keys()].filter((name) => !this.#known.has(name)).slice(0, MAX_NEW_PER_TICK);
    const isChanged = this.#forgetGone(names) || added.length > 0;
    this.#sinceListMs += elapsedMs ?? 0;
    if (isChanged || this.#differences > 0 || this.#sinceListMs >= LOOK_MS) this.#compareTrees(names);
    for (const [index, name] of added.entries()) {
      if (index < MAX_LOOKS_PER_TICK) this.#look(name);
      else this.#known.set(name, { ...NO_LINK, facts: this.#factsOf(name), sinceLookMs: LOOK_MS });
    }
    if (isChanged) this.#counted = null;
    this.#lookOn(elapsedMs ?? 0);
  }

  #forgetGone(names: ReadonlyMap<string, unknown>): boolean {
    let isAnyGone = false;
    for (const name of this.#known.keys()) {
      if (names.has(name)) continue;
      this.#known.delete(name);
      isAnyGone = true;
    }
    return isAnyGone;
  }

  /** Finds out whether /sys shows the interfaces that /proc names. */
  #compareTrees(names: ReadonlyMap<string, unknown>): void {
    this.#sinceListMs = 0;
    const listed = listInterfaces(this.#fs);
    const isSame = listed !== null && listed.length === names.size && listed.every((name) => names.has(name));
    this.#differences = isSame || listed === null ? 0 : Math.min(this.#differences + 1, DIFFERENCES_UNTIL_OTHER);
    const fault = listed === null ? NOWHERE : this.#differences < DIFFERENCES_UNTIL_OTHER ? null : ELSEWHERE;
    if (fault === this.#fault) return;
    this.#fault = fault;
    for (const name of this.#known.keys()) this.#look(name);
  }

  /** Looks at the states of a part of the interfaces: each has its turn within STATE_MS. */
  #lookOn(elapsedMs: number): void {
    if (this.#fault !== null) return;
    const most = Math.min(Math.ceil((this.#known.size * elapsedMs) / STATE_MS), MAX_STATES_PER_TICK);
    for (let looked = 0; looked < most; looked += 1) {
      if (this.#queue.length === 0) this.#queue = [...this.#known.keys()].reverse();
      const name = this.#queue.pop() ?? '';
      const known = this.#known.get(name);
      if (known === undefined) continue;
      const upRatio = readUpRatio(this.#fs, name);
      const sinceLookMs = known.sinceLookMs + STATE_MS;
      if (upRatio !== known.upRatio || sinceLookMs >= LOOK_MS) this.#look(name);
      else this.#known.set(name, { ...known, sinceLookMs });
    }
  }

  /** Takes in all that sysfs tells about an interface. */
  #look(name: string): void {
    const facts = this.#factsOf(name);
    const before = this.#known.get(name)?.facts;
    if (before !== undefined && !isSameKind(before, facts)) this.#counted = null;
    const link = facts === null ? NO_LINK : { speedBytesPerSec: readLinkSpeed(this.#fs, name), upRatio: readUpRatio(this.#fs, name) };
    this.#known.set(name, { ...link, facts, sinceLookMs: 0 });
  }

  #factsOf(name: string): InterfaceFacts | null {
    return this.#fault === null ? readInterfaceFacts(this.#fs, name) : null;
  }
}

function isSameKind(one: InterfaceFacts | null, other: InterfaceFacts | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.deviceType === other.deviceType &&
    one.entries.size === other.entries.size &&
    [...one.entries].every((entry) => other.entries.has(entry))
  );
}
