import { parseOpenFilesLimit, type HostFs } from '@perfwatch/procfs';

/** What stays free for whatever else this process opens: a part of a small limit, so much of a large one. */
const RESERVED_DESCRIPTORS = 256;
const RESERVED_SHARE = 0.25;

const reservedOf = (limit: number) => Math.min(RESERVED_DESCRIPTORS, Math.ceil(limit * RESERVED_SHARE));

/** How many descriptors counting may take of those that this process may have open: the other collectors, and what publishes, live on the same. */
export class DescriptorRoom {
  readonly #fs: HostFs;
  #limit: number | null = null;
  #limits = '';
  /** The most that were open for anything but counting since `begin`: what was opened once will be again. */
  #others = 0;

  constructor(fs: HostFs) {
    this.#fs = fs;
  }

  /** The limit of this process with that of the machine, as text: until it changes, what did not suffice does not suffice. */
  get limits(): string {
    return this.#limits;
  }

  /** Descriptors that counting may hold; null where the limit is not known, or there is none. */
  get descriptors(): number | null {
    return this.#limit === null ? null : Math.max(0, this.#limit - reservedOf(this.#limit) - this.#others);
  }

  /** The limit of open files with which counting could hold this many; null where the present one is not known. */
  limitFor(descriptors: number): number | null {
    if (this.#limit === null) return null;
    const taken = descriptors + this.#others;
    return Math.min(taken + RESERVED_DESCRIPTORS, Math.ceil(taken / (1 - RESERVED_SHARE)));
  }

  /** Reads anew what there is. `held`: descriptors that counting has open. */
  begin(held: number): void {
    this.#others = 0;
    this.refresh(held);
  }

  /** Reads limits that may have been raised, and what others have opened by now. */
  refresh(held: number): void {
    const limit = this.#fs.parseProc('self/limits', parseOpenFilesLimit);
    // What cannot be read for want of a descriptor is as it was.
    if (limit !== null || this.#fs.faultOfProc('self/limits') === null) this.#limit = limit;
    this.#limits = `${this.#limit} ${this.#fs.readProc('sys/fs/file-max') ?? ''}`;
    if (this.#limit === null) return;
    // Listing them takes one: where that fails, none is left.
    const open = this.#fs.listProc('self/fd')?.length ?? this.#limit;
    this.#others = Math.max(this.#others, open - held);
  }
}
