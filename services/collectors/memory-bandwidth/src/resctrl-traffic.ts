import { parseMbmBytes, parseMonFeatures, type HostFs } from '@perfwatch/procfs';
import { CounterDeltas, roundMetric } from '@perfwatch/service-kit';
import { TRAFFIC_METRICS, UNKNOWN_TRAFFIC, lackingOf, type DramTraffic, type Traffic } from './dram-traffic.ts';

const RESCTRL = 'fs/resctrl';
const COUNTER = 'mbm_total_bytes';
/** Groups times level 3 caches; the kernel asks a CPU of the cache at each read. */
const MAX_COUNTERS = 256;

/**
 * Memory traffic from the memory bandwidth monitoring of resctrl. A task is counted in one control group: what all of them counted, the
 * root among them, is the machine's. The counters of a control group have those of its monitoring groups in them, so these are not added.
 * See the kernel's filesystems/resctrl.
 */
export class ResctrlTraffic implements DramTraffic {
  readonly lacking = lackingOf(['read', 'write'], 'Memory bandwidth monitoring (resctrl) counts reads and writes together');
  readonly sources = { [TRAFFIC_METRICS.total]: `/sys/fs/resctrl mon_data/mon_L3_*/${COUNTER}, all control groups` };
  readonly #fs: HostFs;
  readonly #counters = new CounterDeltas();
  #files: readonly string[];
  #fault: string | null = null;

  private constructor(fs: HostFs) {
    this.#fs = fs;
    this.#files = this.#findFiles();
  }

  /** Null where resctrl is not mounted or does not monitor memory bandwidth. */
  static open(fs: HostFs): ResctrlTraffic | null {
    const features = fs.parseSysOnce(`${RESCTRL}/info/L3_MON/mon_features`, parseMonFeatures);
    if (features?.has(COUNTER) !== true) return null;
    const traffic = new ResctrlTraffic(fs);
    // On AMD, the first reading of a counter begins to count.
    traffic.read(null);
    return traffic;
  }

  get fault(): string | null {
    return this.#fault;
  }

  /** Looks for groups that came or went. */
  discover(): void {
    this.#files = this.#findFiles();
  }

  read(elapsedMs: number | null): Traffic {
    if (this.#files.length === 0) {
      this.#fault = 'resctrl is not mounted any more: mount -t resctrl resctrl /sys/fs/resctrl';
      return UNKNOWN_TRAFFIC;
    }
    if (this.#files.length > MAX_COUNTERS) {
      this.#fault = `resctrl has more than ${MAX_COUNTERS} counters, one for each control group and cache: use fewer groups`;
      return UNKNOWN_TRAFFIC;
    }
    this.#fault = null;
    let total: number | null = 0;
    for (const file of this.#files) {
      const bytes = this.#fs.parseSysOnce(file, parseMbmBytes);
      if (bytes === null) this.#fault ??= this.#fs.faultOfSys(file) ?? `The kernel has no counter for /sys/${file} at the moment`;
      const perSec = this.#counters.perSec(file, bytes, elapsedMs);
      total = total === null || perSec === null ? null : total + perSec;
    }
    this.#counters.endTick();
    // Until it is known that a group is gone, the sum is too small.
    if (this.#fault !== null) this.discover();
    return { ...UNKNOWN_TRAFFIC, total: roundMetric(total) };
  }

  close(): void {
    this.#files = [];
  }

  /** Control groups are the root and the directories below it that have counters; monitoring groups lie one level further down. */
  #findFiles(): string[] {
    const files: string[] = [];
    for (const group of [RESCTRL, ...(this.#fs.listSys(RESCTRL) ?? []).map((entry) => `${RESCTRL}/${entry}`)]) {
      for (const domain of this.#fs.listSys(`${group}/mon_data`) ?? []) {
        if (!/^mon_L3_\d+$/.test(domain)) continue;
        files.push(`${group}/mon_data/${domain}/${COUNTER}`);
        if (files.length > MAX_COUNTERS) return files;
      }
    }
    return files;
  }
}
