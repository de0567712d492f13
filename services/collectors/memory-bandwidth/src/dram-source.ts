import { PerfEventSyntaxError, PerfUnsupportedError, type PerfKernel } from '@perfwatch/perf-event';
import type { HostFs } from '@perfwatch/procfs';
import { explainAbsentTraffic, explainRefusal } from './absent-traffic.ts';
import type { Lacking } from './declaration.ts';
import { findDramEvents, listDramPmus } from './dram-events.ts';
import { UNKNOWN_TRAFFIC, lackingOf, type DramTraffic, type Traffic } from './dram-traffic.ts';
import { ResctrlTraffic } from './resctrl-traffic.ts';
import { DramCounterRefusedError, DramEventsUnusableError, UncoreTraffic } from './uncore-traffic.ts';

/** What the kernel refused is tried again at every sixth discovery only: it takes reading all that sysfs says about the PMUs. */
const DISCOVERIES_PER_RETRY = 6;
const NO_SOURCES: Readonly<Record<string, string>> = {};

/** Where memory traffic is measured: PMUs, else resctrl, else nowhere, with the reason. Looked for anew by `discover`. */
export class DramSource {
  readonly #fs: HostFs;
  readonly #openKernel: () => PerfKernel;
  #kernel: PerfKernel | null = null;
  #traffic: DramTraffic | null = null;
  /** Whether it was opened since the previous tick: it counted for less than the time that has passed. */
  #isNew = false;
  /** The PMUs, and the CPUs they are counted on, that `#traffic` was chosen by. */
  #signature: string | null = null;
  /** Why there is none, where that is for good. */
  #absence: string | null = null;
  /** Why there is none, although there could be. */
  #refusal: string | null = null;
  #discoveriesSinceRefusal = 0;
  #lacking: Lacking = {};

  constructor({ fs, openKernel }: { fs: HostFs; openKernel: () => PerfKernel }) {
    this.#fs = fs;
    this.#openKernel = openKernel;
    this.discover();
  }

  /** Why metrics are missing, by path; the same object while nothing changes. */
  get lacking(): Lacking {
    return this.#lacking;
  }

  get sources(): Readonly<Record<string, string>> {
    return this.#traffic?.sources ?? NO_SOURCES;
  }

  /** What a person can do something about, or what went wrong at the last tick, in one line; null when all is as it should be. */
  get fault(): string | null {
    return this.#traffic?.fault ?? this.#refusal;
  }

  read(elapsedMs: number | null): Traffic {
    const traffic = this.#traffic?.read(this.#isNew ? null : elapsedMs) ?? UNKNOWN_TRAFFIC;
    this.#isNew = false;
    return traffic;
  }

  /** Looks whether PMUs, their CPUs or groups of resctrl changed, and tries again what failed. Not for every tick. */
  discover(): void {
    const names = listDramPmus(this.#fs);
    const signature = names
      .map((name) => `${name} ${this.#fs.readSys(`bus/event_source/devices/${name}/cpumask`)?.trim() ?? ''}`)
      .join('\n');
    if (signature !== this.#signature || this.#isRetryDue()) {
      this.#signature = signature;
      this.#refusal = null;
      if (this.#traffic instanceof UncoreTraffic) this.close();
      this.#use(this.#openUncore(names));
    }
    if (this.#traffic === null) this.#use(ResctrlTraffic.open(this.#fs));
    else this.#traffic.discover();
    this.#lacking = this.#findLacking();
  }

  close(): void {
    this.#traffic?.close();
    this.#traffic = null;
  }

  #use(traffic: DramTraffic | null): void {
    if (traffic === null) return;
    this.close();
    this.#traffic = traffic;
    this.#isNew = true;
  }

  #isRetryDue(): boolean {
    if (this.#refusal === null) return false;
    this.#discoveriesSinceRefusal = (this.#discoveriesSinceRefusal + 1) % DISCOVERIES_PER_RETRY;
    return this.#discoveriesSinceRefusal === 0;
  }

  #findLacking(): Lacking {
    if (this.#refusal === null && this.#traffic !== null) return this.#traffic.lacking;
    if (this.#refusal === null) this.#absence ??= explainAbsentTraffic(this.#fs);
    const lacking = lackingOf(
      this.#traffic === null ? ['read', 'write', 'total'] : ['read', 'write'],
      this.#refusal ?? this.#absence ?? '',
    );
    const isSame = Object.keys(lacking).every((path) => lacking[path] === this.#lacking[path]);
    return isSame && Object.keys(lacking).length === Object.keys(this.#lacking).length ? this.#lacking : lacking;
  }

  #openUncore(names: readonly string[]): DramTraffic | null {
    if (names.length === 0) return null;
    try {
      const events = findDramEvents(this.#fs, names);
      if (events.length === 0) return null;
      this.#kernel ??= this.#openKernel();
      return UncoreTraffic.open(this.#kernel, events);
    } catch (error) {
      if (error instanceof DramCounterRefusedError) this.#refusal = explainRefusal(this.#fs, error);
      else if (error instanceof DramEventsUnusableError || error instanceof PerfEventSyntaxError) this.#refusal = error.message;
      else if (error instanceof PerfUnsupportedError) this.#refusal = error.message;
      else throw error;
      return null;
    } finally {
      // Some dozen files of each PMU, not to be read again: their descriptors are not worth keeping.
      this.#fs.close();
    }
  }
}
