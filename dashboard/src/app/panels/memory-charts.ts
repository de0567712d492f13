import type { ChartSpec } from '../charts/chart-spec.ts';

/** What memory is used for; free is left empty, so the axis ends at all there is. */
export const MEMORY_USE: ChartSpec = {
  collector: 'memory',
  unit: 'bytes',
  stacked: true,
  label: 'Memory used, buffered and cached, stacked up to the total',
  series: [
    { path: { metric: 'used_bytes' }, title: 'used', colour: 'green' },
    { path: { metric: 'buffers_bytes' }, title: 'buffers', colour: 'violet' },
    { path: { metric: 'cached_bytes' }, title: 'cached', colour: 'cyan' },
    { path: { metric: 'free_bytes' }, title: 'free', colour: 'grey', isRest: true },
  ],
};

export const SWAP_TRAFFIC: ChartSpec = {
  collector: 'memory',
  unit: 'bytes_per_sec',
  stacked: false,
  label: 'Swapped in and out per second',
  series: [
    { path: { metric: 'swap_in_bytes_per_sec' }, title: 'in', colour: 'cyan' },
    { path: { metric: 'swap_out_bytes_per_sec' }, title: 'out', colour: 'red' },
  ],
};

export const MEMORY_DETAILS = [
  'available_bytes',
  'anon_bytes',
  'mapped_bytes',
  'shared_bytes',
  'slab_bytes',
  'page_tables_bytes',
  'dirty_bytes',
  'writeback_bytes',
];
export const MEMORY_UNWRITTEN: ChartSpec = {
  collector: 'memory',
  unit: 'bytes',
  stacked: false,
  label: 'What waits to be written to disk and what is being written',
  series: [
    { path: { metric: 'dirty_bytes' }, title: 'dirty', colour: 'amber' },
    { path: { metric: 'writeback_bytes' }, title: 'writeback', colour: 'red' },
  ],
};

export const MEMORY_COMMITTED: ChartSpec = {
  collector: 'memory',
  unit: 'bytes',
  stacked: false,
  label: 'Memory promised to programs',
  series: [{ path: { metric: 'committed_bytes' }, title: 'committed', colour: 'violet' }],
};

export const SWAP_SPACE = ['swap_used_bytes', 'swap_total_bytes'];
/** Of these any is a program that was killed. */
export const MEMORY_FAULTS = ['oom_kills_per_sec'];
export const MEMORY_LIMITS = [
  'committed_bytes',
  'commit_limit_bytes',
  'hugepages_total_count',
  'hugepages_free_count',
  'hugepages_reserved_count',
  'oom_kills_per_sec',
];
