import { CounterSet, type OpenedEvent } from './counter-set.ts';
import { ERRNO } from './errnos.ts';
import type { PerfEventAttr, PerfKernel } from './perf-kernel.ts';

/** An event to count, by a name that is unique in its group. */
export interface GroupEvent {
  readonly name: string;
  readonly attr: PerfEventAttr;
}

export interface CounterGroupOptions {
  readonly kernel: PerfKernel;
  readonly cpu: number;
  /** In order of importance: what does not fit beside the ones before it is counted apart from them. */
  readonly events: readonly GroupEvent[];
}

/** A PMU that has no room for one more event of a group refuses it so; a malformed event is refused with EINVAL as well. */
const DOES_NOT_FIT: ReadonlySet<number> = new Set([ERRNO.EINVAL, ERRNO.ENOSPC]);

/** Opens events of one group, one after the other. */
class GroupOpening {
  readonly refused = new Map<string, number>();
  readonly sets: OpenedEvent[][] = [];
  readonly #options: CounterGroupOptions;

  constructor(options: CounterGroupOptions) {
    this.#options = options;
  }

  add(event: GroupEvent): void {
    const set = this.sets.at(-1);
    const errno = set === undefined ? this.#lead(event) : this.#join(event, set);
    if (errno !== null) this.refused.set(event.name, errno);
  }

  /** Makes those that joined a leader count as well: see `PerfKernel.enable`. */
  restart(): void {
    for (const [leader, ...members] of this.sets) if (leader !== undefined && members.length > 0) this.#options.kernel.enable(leader.fd);
  }

  /**
   * Begins a set. It counts at once: Arm kernels leave a leader that does not out of what they check for room, and would take a group that never runs.
   */
  #lead({ name, attr }: GroupEvent): number | null {
    const { kernel, cpu } = this.#options;
    const { fd, errno } = kernel.open(attr, { cpu, leaderFd: null });
    if (fd === null) return errno;
    const refusal = kernel.enable(fd);
    if (refusal === null) this.sets.push([{ name, fd }]);
    else kernel.close(fd);
    return refusal;
  }

  /** Adds to a set, or begins another where there is no room. */
  #join(event: GroupEvent, set: OpenedEvent[]): number | null {
    const { kernel, cpu } = this.#options;
    const { fd, errno } = kernel.open(event.attr, { cpu, leaderFd: set[0]?.fd ?? null });
    if (fd !== null) set.push({ name: event.name, fd });
    return errno !== null && DOES_NOT_FIT.has(errno) ? this.#lead(event) : errno;
  }
}

/**
 * Events that belong together, on one CPU. Opened as one group where the PMU can count them at once; split into several sets where it cannot. What the kernel
 * refuses is left out, and the others are counted without it.
 */
export class CounterGroup {
  readonly cpu: number;
  /** What is read at once, by one system call each: only events of one set may be divided by one another. */
  readonly sets: readonly CounterSet[];
  /** Events that are not counted, to the errno that the kernel refused them with. */
  readonly refused: ReadonlyMap<string, number>;

  private constructor({ cpu, sets, refused }: Pick<CounterGroup, 'cpu' | 'sets' | 'refused'>) {
    this.cpu = cpu;
    this.sets = sets;
    this.refused = refused;
  }

  /** Opens what the kernel lets open, and begins to count. A group of which everything was refused has no sets. */
  static open(options: CounterGroupOptions): CounterGroup {
    const opening = new GroupOpening(options);
    for (const event of options.events) opening.add(event);
    opening.restart();
    const sets = opening.sets.map((opened) => new CounterSet(options.kernel, opened));
    return new CounterGroup({ cpu: options.cpu, sets, refused: opening.refused });
  }

  /** Closes every descriptor; may be called again. */
  close(): void {
    for (const set of this.sets) set.close();
  }
}
