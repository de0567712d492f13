import { ProcfsParseError, parseMeminfo, parseVmstat, readPageSizeBytes, type HostFs } from '@perfwatch/procfs';
import { CounterDeltas, roundMetric, type CollectorReader, type CollectorReading, type CollectorTick } from '@perfwatch/service-kit';
import { estimateAvailableBytes } from './available-memory.ts';
import type { MemoryMetrics } from './declaration.ts';

type Unavailable = Record<string, string>;

/** Metrics that are a field of /proc/meminfo as it is. */
const FIELDS = [
  ['total_bytes', 'MemTotal'],
  ['free_bytes', 'MemFree'],
  ['buffers_bytes', 'Buffers'],
  ['shared_bytes', 'Shmem'],
  ['slab_bytes', 'Slab'],
  ['dirty_bytes', 'Dirty'],
  ['writeback_bytes', 'Writeback'],
  ['anon_bytes', 'AnonPages'],
  ['mapped_bytes', 'Mapped'],
  ['page_tables_bytes', 'PageTables'],
  ['committed_bytes', 'Committed_AS'],
  ['commit_limit_bytes', 'CommitLimit'],
  ['swap_total_bytes', 'SwapTotal'],
  ['swap_free_bytes', 'SwapFree'],
  ['hugepages_total_count', 'HugePages_Total'],
  ['hugepages_free_count', 'HugePages_Free'],
  ['hugepages_reserved_count', 'HugePages_Rsvd'],
] as const satisfies readonly (readonly [keyof MemoryMetrics, string])[];

const SWAP_RATES = [
  ['swap_in_bytes_per_sec', 'pswpin'],
  ['swap_out_bytes_per_sec', 'pswpout'],
] as const satisfies readonly (readonly [keyof MemoryMetrics, string])[];

/** What is read of /proc/vmstat. */
const COUNTERS = ['pswpin', 'pswpout', 'oom_kill'];

const NO_AVAILABLE = 'This kernel does not tell MemAvailable, nor all that it takes to estimate it';

function parseMinFreeBytes(text: string): number {
  if (!/^\d{1,12}\s*$/.test(text)) throw new ProcfsParseError('/proc/sys/vm/min_free_kbytes', 'is not a number of kB');
  return Number(text) * 1024;
}

const percentOf = (part: number, whole: number) => roundMetric((100 * part) / whole);
const difference = (whole: number | undefined, part: number | null | undefined) =>
  whole === undefined || part === undefined || part === null ? null : Math.max(0, whole - part);

/** Reads /proc/meminfo and /proc/vmstat once a tick. */
export class MemoryReader implements CollectorReader<CollectorReading<MemoryMetrics>> {
  readonly #fs: HostFs;
  readonly #counters = new CounterDeltas();
  readonly #pageBytes: number | null;

  constructor(fs: HostFs) {
    this.#fs = fs;
    this.#pageBytes = readPageSizeBytes(fs);
  }

  read({ elapsedMs }: CollectorTick): CollectorReading<MemoryMetrics> {
    const meminfo = this.#fs.parseProc('meminfo', parseMeminfo);
    const vmstat = this.#fs.parseProc('vmstat', (text) => parseVmstat(text, COUNTERS));
    if (meminfo === null && vmstat === null) {
      this.#counters.endTick();
      return { metrics: {}, status: 'unavailable', reason: this.#fs.faultOfProc('meminfo') };
    }
    const unavailable: Unavailable = {};
    const metrics: MemoryMetrics = {};
    if (meminfo !== null) {
      this.#readFields(meminfo, metrics, unavailable);
      this.#readAvailable(meminfo, metrics, unavailable);
      this.#readSwap(meminfo, metrics, unavailable);
    }
    if (vmstat !== null) this.#readRates({ vmstat, elapsedMs, metrics, unavailable });
    this.#counters.endTick();
    const reason = this.#fs.faultOfProc('meminfo') ?? this.#fs.faultOfProc('vmstat');
    return { metrics, status: reason === null ? 'ok' : 'partial', reason, unavailable };
  }

  #readFields(meminfo: ReadonlyMap<string, number>, metrics: MemoryMetrics, unavailable: Unavailable): void {
    for (const [metric, field] of FIELDS) {
      const value = meminfo.get(field);
      metrics[metric] = value ?? null;
      if (value === undefined) unavailable[metric] = `This kernel does not tell ${field} in /proc/meminfo`;
    }
    const cached = meminfo.get('Cached');
    const reclaimableSlab = meminfo.get('SReclaimable');
    const isKnown = cached !== undefined && reclaimableSlab !== undefined;
    metrics.cached_bytes = isKnown ? cached + reclaimableSlab : null;
    if (!isKnown) unavailable['cached_bytes'] = 'This kernel does not tell Cached and SReclaimable in /proc/meminfo';
  }

  #readAvailable(meminfo: ReadonlyMap<string, number>, metrics: MemoryMetrics, unavailable: Unavailable): void {
    const total = meminfo.get('MemTotal');
    const available = meminfo.get('MemAvailable') ?? this.#estimateAvailable(meminfo);
    const used = difference(total, available);
    metrics.available_bytes = available;
    metrics.used_bytes = used;
    metrics.usage_percent = used === null || total === undefined || total === 0 ? null : percentOf(used, total);
    if (used !== null) return;
    unavailable['available_bytes'] = unavailable['used_bytes'] = unavailable['usage_percent'] = NO_AVAILABLE;
  }

  #estimateAvailable(meminfo: ReadonlyMap<string, number>): number | null {
    const minFreeBytes = this.#fs.parseProc('sys/vm/min_free_kbytes', parseMinFreeBytes);
    return estimateAvailableBytes({ meminfo, minFreeBytes });
  }

  #readSwap(meminfo: ReadonlyMap<string, number>, metrics: MemoryMetrics, unavailable: Unavailable): void {
    const total = meminfo.get('SwapTotal');
    const used = difference(total, meminfo.get('SwapFree'));
    metrics.swap_used_bytes = used;
    metrics.swap_usage_percent = used === null || total === undefined || total === 0 ? null : percentOf(used, total);
    if (used === null) unavailable['swap_used_bytes'] = 'This kernel does not tell SwapTotal and SwapFree in /proc/meminfo';
    if (metrics.swap_usage_percent === null) {
      unavailable['swap_usage_percent'] =
        total === 0 ? 'This machine has no swap' : 'This kernel does not tell about swap in /proc/meminfo';
    }
  }

  #readRates({ vmstat, elapsedMs, metrics, unavailable }: RatesInto): void {
    for (const [metric, field] of SWAP_RATES) {
      const pages = vmstat.get(field) ?? null;
      const pagesPerSec = this.#counters.perSec(field, pages, elapsedMs);
      metrics[metric] = pagesPerSec === null || this.#pageBytes === null ? null : roundMetric(pagesPerSec * this.#pageBytes);
      if (pages === null) unavailable[metric] = `This kernel does not count ${field} in /proc/vmstat: it has no swap`;
      else if (this.#pageBytes === null) unavailable[metric] = 'The page size cannot be read from /proc/self/auxv or /proc/self/smaps';
    }
    const kills = vmstat.get('oom_kill') ?? null;
    metrics.oom_kills_per_sec = roundMetric(this.#counters.perSec('oom_kill', kills, elapsedMs));
    if (kills === null) unavailable['oom_kills_per_sec'] = 'This kernel does not count oom_kill in /proc/vmstat: Linux 4.13 does';
  }
}

interface RatesInto {
  vmstat: ReadonlyMap<string, number>;
  elapsedMs: number | null;
  metrics: MemoryMetrics;
  unavailable: Unavailable;
}
