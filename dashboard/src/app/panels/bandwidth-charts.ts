import type { ChartSpec } from '../charts/chart-spec.ts';
import { middleCut } from '../format/format.ts';
import type { Column } from './columns.ts';

const COLLECTOR = 'memory-bandwidth';

export const PAGE_IO: ChartSpec = {
  collector: COLLECTOR,
  unit: 'bytes_per_sec',
  stacked: false,
  label: 'Bytes paged in and out per second',
  series: [
    { path: { metric: 'page_in_bytes_per_sec' }, title: 'paged in', colour: 'green' },
    { path: { metric: 'page_out_bytes_per_sec' }, title: 'out', colour: 'amber' },
  ],
};

const DRAM_TRAFFIC: ChartSpec = {
  collector: COLLECTOR,
  unit: 'bytes_per_sec',
  stacked: true,
  label: 'Bytes read from and written to memory per second, stacked',
  series: [
    { path: { metric: 'dram_read_bytes_per_sec' }, title: 'DRAM read', colour: 'lime' },
    { path: { metric: 'dram_write_bytes_per_sec' }, title: 'write', colour: 'amber' },
  ],
};

const DRAM_TOTAL: ChartSpec = {
  ...DRAM_TRAFFIC,
  stacked: false,
  label: 'Bytes to and from memory per second',
  series: [{ path: { metric: 'dram_total_bytes_per_sec' }, title: 'DRAM', colour: 'lime' }],
};

/** What this machine tells of its memory's traffic: both ways, or only the sum; null where it has no counters. */
export function dramChart(isThere: (metric: string) => boolean): ChartSpec | null {
  if (DRAM_TRAFFIC.series.every(({ path }) => isThere(path.metric))) return DRAM_TRAFFIC;
  return isThere('dram_total_bytes_per_sec') ? DRAM_TOTAL : null;
}

const LONGEST_SOURCE = 40;

/** Where the figures of the traffic come from, as the catalog has it. */
export const sourceText = (source: string | null): string => (source === null ? '' : `from ${middleCut(source, LONGEST_SOURCE)}`);

export const PAGING = [
  'swap_in_pages_per_sec',
  'swap_out_pages_per_sec',
  'page_faults_per_sec',
  'major_page_faults_per_sec',
  'pages_scanned_per_sec',
  'pages_reclaimed_per_sec',
];

export const NODE_COLUMNS: readonly Column[] = [
  { metrics: ['numa_hit_per_sec'], title: 'Hit', look: 'figure' },
  { metrics: ['numa_miss_per_sec'], title: 'Miss', look: 'figure', toneOf: (perSec) => (perSec > 0 ? 'warn' : 'plain') },
  { metrics: ['free_bytes'], title: 'Free', look: 'figure' },
];
