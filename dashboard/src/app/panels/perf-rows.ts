import type { MetricPath, MetricValue } from '@perfwatch/contract';
import { nullReason, type CollectorInfo } from '../catalog/describe.ts';
import { textOpacityOf } from '../charts/certainty.ts';
import { shareOf } from './perf-charts.ts';

/** An event, and what of it missed. */
interface EventSpec {
  title: string;
  metric: string;
  group: string;
  /** The share of it that missed, in percent. */
  miss: string | null;
}

const EVENTS: readonly EventSpec[] = [
  { title: 'cycles', metric: 'cycles_per_sec', group: 'core', miss: null },
  { title: 'instructions', metric: 'instructions_per_sec', group: 'core', miss: null },
  { title: 'branches', metric: 'branches_per_sec', group: 'core', miss: 'branch_miss_percent' },
  { title: 'branch misses', metric: 'branch_misses_per_sec', group: 'core', miss: null },
  { title: 'L1D loads', metric: 'l1d_loads_per_sec', group: 'l1d', miss: 'l1d_miss_percent' },
  { title: 'L1D load misses', metric: 'l1d_load_misses_per_sec', group: 'l1d', miss: null },
  { title: 'LLC loads', metric: 'llc_loads_per_sec', group: 'llc', miss: 'llc_miss_percent' },
  { title: 'LLC load misses', metric: 'llc_load_misses_per_sec', group: 'llc', miss: null },
  { title: 'dTLB loads', metric: 'dtlb_loads_per_sec', group: 'dtlb', miss: 'dtlb_miss_percent' },
  { title: 'dTLB load misses', metric: 'dtlb_load_misses_per_sec', group: 'dtlb', miss: null },
  { title: 'iTLB loads', metric: 'itlb_loads_per_sec', group: 'itlb', miss: 'itlb_miss_percent' },
  { title: 'iTLB load misses', metric: 'itlb_load_misses_per_sec', group: 'itlb', miss: null },
  { title: 'L1I loads', metric: 'l1i_loads_per_sec', group: 'itlb', miss: null },
  { title: 'context switches', metric: 'context_switches_per_sec', group: 'software', miss: null },
  { title: 'CPU migrations', metric: 'cpu_migrations_per_sec', group: 'software', miss: null },
  { title: 'page faults', metric: 'page_faults_per_sec', group: 'software', miss: null },
  { title: 'CPU clock, ms', metric: 'cpu_clock_ms_per_sec', group: 'software', miss: null },
];

/** An event as a row of the table of raw rates. */
export interface EventRow {
  title: string;
  help: string;
  path: MetricPath;
  perSec: MetricValue;
  /** For each thousand instructions; null where they are not counted. */
  perKilo: MetricValue;
  missPercent: MetricValue;
  /** Whether it is an event of the processor: the kernel's have nothing to do with instructions. */
  isHardware: boolean;
  /** Whether this event has a share that missed at all. */
  hasMiss: boolean;
  /** Share of the time that it was counted, in percent. */
  countedPercent: MetricValue;
  /** How strong its figures stand: 1 for as good as exact. */
  opacity: number;
  reason: string;
}

export interface EventQuery {
  info: CollectorInfo;
  sampleReason: string | null;
  read: (path: MetricPath) => MetricValue;
}

/** Whether this machine counts anything of its hardware. */
export function hasHardware(info: CollectorInfo): boolean {
  return EVENTS.some(({ metric, group }) => group !== 'software' && isThere(info, metric));
}

export function isThere(info: CollectorInfo, name: string): boolean {
  return info.metrics.some((metric) => metric.name === name && metric.unavailable === null);
}

/** Every event that is counted; with a PMU also those it lacks, each with its reason. Without one they lack the same, which is said once elsewhere. */
export function eventRows({ info, sampleReason, read }: EventQuery): EventRow[] {
  const isWhole = hasHardware(info);
  const instructions = read({ metric: 'instructions_per_sec' });
  return EVENTS.filter(({ metric }) => isThere(info, metric) || (isWhole && info.metrics.some(({ name }) => name === metric))).map(
    (event) => {
      const path = { metric: event.metric };
      const metric = info.metrics.find(({ name }) => name === event.metric);
      const perSec = read(path);
      const countedPercent = metric?.unavailable === null ? read(shareOf(event.group)) : null;
      return {
        title: event.title,
        help: metric?.help ?? '',
        path,
        perSec,
        isHardware: event.group !== 'software',
        perKilo: perSec === null || instructions === null || instructions === 0 ? null : (1000 * perSec) / instructions,
        missPercent: event.miss === null ? null : read({ metric: event.miss }),
        hasMiss: event.miss !== null,
        countedPercent,
        opacity: textOpacityOf(countedPercent),
        reason: nullReason({ metric, sampleReason }),
      };
    },
  );
}

/** The least share of the time that a group was counted, in percent; null where no group says it. */
export function leastShare(groups: readonly string[], read: (path: MetricPath) => MetricValue): MetricValue {
  const shares = groups.map((group) => read(shareOf(group))).filter((share) => share !== null);
  return shares.length === 0 ? null : Math.min(...shares);
}
