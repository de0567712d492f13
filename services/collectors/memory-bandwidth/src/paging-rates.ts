import { parseVmstat, readPageSizeBytes, type HostFs } from '@perfwatch/procfs';
import { CounterDeltas, roundMetric } from '@perfwatch/service-kit';
import type { Lacking, MemoryBandwidthMetrics } from './declaration.ts';

const KIB = 1024;
const ZONES = ['dma', 'dma32', 'normal', 'high', 'movable'];
/**
 * Who has pages reclaimed; each page is counted with one of them. What else begins with pgscan or pgsteal counts the same pages again
 * (anon, file) or other things (direct_throttle).
 */
const RECLAIMERS = ['kswapd', 'direct', 'khugepaged', 'proactive'];

/** By reclaimer; by reclaimer and zone before 4.8; pgsteal by zone alone before 3.5. */
const byReclaimer = (prefix: string) =>
  RECLAIMERS.flatMap((who) => [`${prefix}_${who}`, ...ZONES.map((zone) => `${prefix}_${who}_${zone}`)]);
const SCANNED = byReclaimer('pgscan');
const RECLAIMED = [...byReclaimer('pgsteal'), ...ZONES.map((zone) => `pgsteal_${zone}`)];

interface Rate {
  readonly metric: keyof MemoryBandwidthMetrics & `${string}_per_sec`;
  /** Counters that are added up; those the kernel does not have are left out. */
  readonly fields: readonly string[];
  /** Whether it takes all of `fields`. */
  readonly isSumOfAll: boolean;
  /** Bytes of one; `page`: those of a page; null for a plain count. */
  readonly unit: number | 'page' | null;
}

const single = (metric: Rate['metric'], field: string, unit: Rate['unit'] = null): Rate => ({
  metric,
  fields: [field],
  isSumOfAll: true,
  unit,
});

/** Kernels count pgpgin and pgpgout in sectors, but show KiB. */
const RATES: readonly Rate[] = [
  single('page_in_bytes_per_sec', 'pgpgin', KIB),
  single('page_out_bytes_per_sec', 'pgpgout', KIB),
  { metric: 'page_io_bytes_per_sec', fields: ['pgpgin', 'pgpgout'], isSumOfAll: true, unit: KIB },
  single('swap_in_pages_per_sec', 'pswpin'),
  single('swap_out_pages_per_sec', 'pswpout'),
  { metric: 'swap_io_bytes_per_sec', fields: ['pswpin', 'pswpout'], isSumOfAll: true, unit: 'page' },
  single('page_faults_per_sec', 'pgfault'),
  single('major_page_faults_per_sec', 'pgmajfault'),
  { metric: 'pages_scanned_per_sec', fields: SCANNED, isSumOfAll: false, unit: null },
  { metric: 'pages_reclaimed_per_sec', fields: RECLAIMED, isSumOfAll: false, unit: null },
];
const ALL_FIELDS = [...new Set(RATES.flatMap(({ fields }) => fields))];
const NO_PAGE_SIZE = 'The page size cannot be read from /proc/self/auxv or /proc/self/smaps';

function lackOf({ fields, isSumOfAll }: Rate, present: ReadonlySet<string>): string | null {
  const missing = fields.filter((field) => !present.has(field));
  if (missing.length === 0 || (!isSumOfAll && missing.length < fields.length)) return null;
  const [name = ''] = missing;
  if (name.startsWith('pswp')) return `This kernel does not count ${name} in /proc/vmstat: it has no swap`;
  return `This kernel does not count ${isSumOfAll ? name : `${name.slice(0, name.indexOf('_'))}_*`} in /proc/vmstat`;
}

/** Paging, swapping, page faults and reclaim from /proc/vmstat. */
export class PagingRates {
  readonly #fs: HostFs;
  readonly #counters = new CounterDeltas();
  readonly #pageBytes: number | null;
  /** What this kernel counts; null until the file was read. */
  #fields: readonly string[] | null = null;
  #rates: readonly Rate[] = [];
  #lacking: Lacking = {};

  constructor(fs: HostFs) {
    this.#fs = fs;
    this.#pageBytes = readPageSizeBytes(fs);
  }

  /** Why rates are missing on this machine, by metric; the same object while nothing changes. */
  get lacking(): Lacking {
    return this.#lacking;
  }

  /** Reads the file into `metrics`. False where it cannot be read. */
  read(metrics: MemoryBandwidthMetrics, elapsedMs: number | null): boolean {
    const values = this.#fs.parseProc('vmstat', (text) => parseVmstat(text, this.#fields ?? ALL_FIELDS));
    if (values === null) {
      this.#counters.endTick();
      return false;
    }
    if (this.#fields === null) this.#learn(values);
    const perSec = new Map<string, number | null>();
    for (const [field, value] of values) perSec.set(field, this.#counters.perSec(field, value, elapsedMs));
    this.#counters.endTick();
    for (const rate of this.#rates) metrics[rate.metric] = this.#lacking[rate.metric] === undefined ? this.#sum(rate, perSec) : null;
    return true;
  }

  #learn(values: ReadonlyMap<string, number>): void {
    const present = new Set(values.keys());
    const lacking: Record<string, string> = {};
    for (const rate of RATES) {
      const lack = lackOf(rate, present) ?? (rate.unit === 'page' && this.#pageBytes === null ? NO_PAGE_SIZE : null);
      if (lack !== null) lacking[rate.metric] = lack;
    }
    this.#fields = [...present];
    this.#rates = RATES.map((rate) => ({ ...rate, fields: rate.fields.filter((field) => present.has(field)) }));
    this.#lacking = lacking;
  }

  #sum({ fields, unit }: Rate, perSec: ReadonlyMap<string, number | null>): number | null {
    let sum = 0;
    for (const field of fields) {
      const one = perSec.get(field) ?? null;
      if (one === null) return null;
      sum += one;
    }
    return roundMetric(sum * (unit === 'page' ? (this.#pageBytes ?? Number.NaN) : (unit ?? 1)));
  }
}
