import { guessBlockDevice, readBlockDevice, type BlockDevice, type HostFs } from '@perfwatch/procfs';

/** Each device is looked at again after this long: a loop device gets a file, a volume another name. */
const RECHECK_MS = 30_000;
/** In one tick. A look takes about 20 microseconds. */
const MAX_RECHECKS = 32;

/**
 * What each name in /proc/diskstats is, from /sys/block. A new name is looked up at once, the others again one after another. Bounded
 * by the names of one tick: what a tick did not name is forgotten.
 */
export class KnownDevices {
  readonly #fs: HostFs;
  /** Null: a partition. */
  #known = new Map<string, BlockDevice | null>();
  #named = new Map<string, BlockDevice | null>();
  /** Null: to be found out. */
  #hasSysfs: boolean | null = null;
  /** Devices still to be looked at in this round. */
  #round: string[] = [];
  #owed = 0;

  constructor(fs: HostFs) {
    this.#fs = fs;
  }

  /** Whether /sys/block told; without it devices are told by their names. */
  get hasSysfs(): boolean {
    return this.#hasSysfs === true;
  }

  /** What a name is; null for a partition. One tick is: `find` for every name in the kernel's order, then `endTick`. */
  find(name: string): BlockDevice | null {
    let device = this.#known.get(name);
    if (device === undefined) device = this.#look(name);
    this.#named.set(name, device);
    return device;
  }

  /** Forgets what the tick did not name, and some of the rest, so that the next tick looks at it again. */
  endTick(elapsedMs: number | null): void {
    [this.#known, this.#named] = [this.#named, this.#known];
    this.#named.clear();
    if (this.#round.length === 0) this.#beginRound();
    this.#owed = Math.min(this.#owed + (this.#known.size * (elapsedMs ?? 0)) / RECHECK_MS, MAX_RECHECKS);
    for (; this.#owed >= 1; this.#owed -= 1) {
      const name = this.#round.pop();
      if (name === undefined) break;
      this.#known.delete(name);
    }
  }

  #look(name: string): BlockDevice | null {
    this.#hasSysfs ??= (this.#fs.listSys('block') ?? []).length > 0;
    if (this.#hasSysfs) return readBlockDevice(this.#fs, name);
    return guessBlockDevice(name, (disk) => (this.#named.get(disk) ?? null) !== null);
  }

  #beginRound(): void {
    if (this.#hasSysfs === false) this.#hasSysfs = null;
    this.#round = [...this.#known].filter(([, device]) => device !== null).map(([name]) => name);
  }
}
